import { StoreError } from '../../base/errors.ts'
import { type EventId, type EventRecord, eventNumber } from '../../protocol/event-record.ts'
import type { NewEvent } from '../../schema/event.ts'
import type { Receipt } from '../../session/receipt.ts'
import { must } from './violation.ts'

/** One `store.commit` and what its author was told of it. */
export interface CommitRecord {
  readonly client: number
  /** The session that made it, told apart from others that drew the same id. */
  readonly author: string
  readonly clientId: string
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
  readonly #forgotten = new Set<EventId>()
  /** Several where sessions drew equal ids. */
  readonly #byId = new Map<EventId, CommitRecord[]>()
  /** Sessions that draw the same random numbers were opened: one id may be given by each. */
  twins = false

  /** Takes note of a commit, and follows its receipt. */
  add(
    client: number,
    { author, clientId }: Pick<CommitRecord, 'author' | 'clientId'>,
    events: readonly NewEvent[],
    receipt: Receipt,
  ): CommitRecord {
    const record: CommitRecord = {
      client,
      author,
      clientId,
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
      const others = this.#byId.get(id) ?? []
      must(others.length === 0 || this.twins, 'LOG-4', () => `event id ${id} was given twice`)
      this.#byId.set(id, [...others, record])
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

  /** The commit that an event is of: by its id, and by what it says where several have that id. */
  of(event: EventRecord): CommitRecord | undefined {
    const records = this.#byId.get(event.id) ?? []
    const same = records.filter((record) => isOf(record, event))
    return same.find((record) => !record.rejected) ?? same[0] ?? records[0]
  }

  /** Several commits have this id. */
  shared(id: EventId): boolean {
    return (this.#byId.get(id)?.length ?? 0) > 1
  }

  /** A client's file is gone, and what it had rejected with it. */
  lose(client: number, rejected: ReadonlySet<EventId>): void {
    for (const record of this.commits) if (record.client === client) record.orphaned = true
    for (const id of rejected) this.#forgotten.add(id)
  }

  /** A verdict on it was lost with its file, perhaps before its session was told: it may be brought again, after later ones. */
  forgotten(id: EventId): boolean {
    return this.#forgotten.has(id)
  }

  #refused(record: CommitRecord, error: unknown): void {
    if (error instanceof StoreError && error.code === 'store/closed') record.abandoned = true
    else record.rejected = error as StoreError
  }
}

/** The event is as it was made in this commit. */
export function isOf({ ids, events, clientId }: CommitRecord, event: EventRecord): boolean {
  // Ids of a commit count on.
  const made = events[eventNumber(event.id) - eventNumber(ids[0] as EventId)]
  return (
    clientId === event.clientId && made?.name === event.name && JSON.stringify(made.args) === JSON.stringify(event.args)
  )
}
