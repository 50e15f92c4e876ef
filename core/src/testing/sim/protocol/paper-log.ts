import type { StoreError } from '../../../base/errors.ts'
import type { LeaderWork } from '../../../leader/leader-work.ts'
import { confirmEvent } from '../../../protocol/confirm-event.ts'
import {
  type Commit,
  type ConfirmedEvent,
  type EventId,
  type EventRecord,
  splitCommits,
} from '../../../protocol/event-record.ts'
import type { SyncView } from '../../../sync/sync-effect.ts'

/** What a client has on disk, without tables: its eventlog, what is pending, what was refused. Outlives its leaders. */
export class PaperLog implements SyncView {
  readonly clientId: string
  backendId: string | null = null
  /** Leaders raise it; one that finds another number here is deposed. */
  epoch = 0
  readonly confirmed: ConfirmedEvent[] = []
  pending: Commit[] = []
  readonly rejected = new Map<EventId, StoreError>()
  readonly #known = new Set<EventId>()
  readonly #told: (event: ConfirmedEvent, before: ConfirmedEvent | undefined) => void

  /** `told` hears of each event that is confirmed here, with the one before it. */
  constructor(clientId: string, told: (event: ConfirmedEvent, before: ConfirmedEvent | undefined) => void) {
    this.clientId = clientId
    this.#told = told
  }

  get head(): number {
    return this.confirmed.length
  }

  get headId(): EventId | null {
    return this.idAt(this.head)
  }

  isPending(id: EventId): boolean {
    return this.pending.some((commit) => commit.some((event) => event.id === id))
  }

  idAt(seq: number): EventId | null {
    return this.confirmed[seq - 1]?.id ?? null
  }

  read(after: number, limit: number): ConfirmedEvent[] {
    let end = after + limit
    while (this.confirmed[end - 1]?.joined) end += 1
    return this.confirmed.slice(after, end)
  }

  /** True when the event is here: confirmed, pending or refused. */
  holds(id: EventId): boolean {
    return this.#known.has(id)
  }

  /** One transaction. */
  apply(work: LeaderWork): void {
    switch (work.type) {
      case 'commit':
        for (const commit of splitCommits(work.events).commits) this.#add(commit)
        return
      case 'receive':
        for (const event of work.events) this.#receive(event)
        return
      case 'confirm': {
        const events = work.ids.map((id) => this.#pendingEvent(id))
        for (const [i, event] of events.entries()) if (event) this.#receive(confirmEvent(event, work.from + i))
        return
      }
      case 'reject':
        return this.#reject(work.eventId, work.error)
      case 'adopt':
        this.backendId = work.backendId
    }
  }

  #add(commit: Commit): void {
    if (commit.some((event) => this.#known.has(event.id))) return
    for (const event of commit) this.#known.add(event.id)
    this.pending.push(commit)
  }

  #receive(event: ConfirmedEvent): void {
    if (event.seq !== this.head + 1) return
    this.pending = this.pending.filter((commit) => commit.at(-1)?.id !== event.id)
    this.#known.add(event.id)
    const before = this.confirmed.at(-1)
    this.confirmed.push(event)
    this.#told(event, before)
  }

  #reject(id: EventId, error: StoreError): void {
    const refused = this.pending.find((commit) => commit.some((event) => event.id === id))
    if (!refused) return
    this.pending = this.pending.filter((commit) => commit !== refused)
    for (const event of refused) this.rejected.set(event.id, error)
  }

  #pendingEvent(id: EventId): EventRecord | undefined {
    for (const commit of this.pending) for (const event of commit) if (event.id === id) return event
    return undefined
  }
}
