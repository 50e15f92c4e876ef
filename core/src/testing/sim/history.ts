import { StoreError } from '../../base/errors.ts'
import type { EventId } from '../../protocol/event-record.ts'
import type { NewEvent } from '../../schema/event.ts'
import type { Receipt } from '../../session/receipt.ts'
import { must } from './violation.ts'

/** One `store.commit` and what its author was told of it. */
export interface CommitRecord {
  readonly client: number
  readonly sessionId: string
  readonly ids: readonly EventId[]
  readonly events: readonly NewEvent[]
  readonly local: boolean
  acked: boolean
  confirmed: boolean
  rejected: StoreError | null
  /** The file that held it is gone: it is its session's to bring it again, if that lives. */
  orphaned: boolean
  /** Its session was closed before it was told. */
  abandoned: boolean
}

/** What the sessions did and were told: the oracle's memory, made from outside. */
export class History {
  readonly commits: CommitRecord[] = []
  readonly byId = new Map<EventId, CommitRecord>()

  /** Takes note of a commit, and follows its receipt. */
  add(client: number, sessionId: string, events: readonly NewEvent[], receipt: Receipt): CommitRecord {
    const record: CommitRecord = {
      client,
      sessionId,
      ids: receipt.ids,
      events,
      local: events[0]?.local ?? false,
      acked: false,
      confirmed: false,
      rejected: null,
      orphaned: false,
      abandoned: false,
    }
    this.commits.push(record)
    for (const id of receipt.ids) {
      must(!this.byId.has(id), 'LOG-4', () => `event id ${id} was given twice`)
      this.byId.set(id, record)
    }
    receipt.acked.then(
      () => {
        record.acked = true
      },
      (error) => this.#refused(record, error),
    )
    receipt.confirmed.then(
      () => {
        record.confirmed = true
      },
      (error) => this.#refused(record, error),
    )
    return record
  }

  /** A client's file is gone. */
  lose(client: number): void {
    for (const record of this.commits) if (record.client === client) record.orphaned = true
  }

  #refused(record: CommitRecord, error: unknown): void {
    if (error instanceof StoreError && error.code === 'store/closed') record.abandoned = true
    else record.rejected = error as StoreError
  }
}
