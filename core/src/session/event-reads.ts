import type { ConfirmedEvent } from '../protocol/event-record.ts'
import type { LeaderMessage, SessionMessage } from '../protocol/leader-messages.ts'

type EventsPage = Extract<LeaderMessage, { type: 'events' }>
type Read = Extract<SessionMessage, { type: 'read' }>

/** Pages of the log that were asked for. A leader may be gone before it answers: the next one is asked again. */
export class EventReads {
  readonly #send: (read: Read) => void
  readonly #open = new Map<
    number,
    { readonly read: Read; readonly resolve: (page: readonly ConfirmedEvent[]) => void }
  >()
  #ref = 0
  #closed = false

  constructor(send: (read: Read) => void) {
    this.#send = send
  }

  /** Confirmed events after `after`; none when the session is closed meanwhile. */
  page(after: number, limit: number): Promise<readonly ConfirmedEvent[]> {
    if (this.#closed) return Promise.resolve([])
    const read: Read = { type: 'read', ref: ++this.#ref, after, limit }
    return new Promise((resolve) => {
      this.#open.set(read.ref, { read, resolve })
      this.#send(read)
    })
  }

  answer(page: EventsPage): void {
    this.#open.get(page.ref)?.resolve(page.events)
    this.#open.delete(page.ref)
  }

  /** Another leader is there, or the one that was has forgotten. */
  askAgain(): void {
    for (const { read } of this.#open.values()) this.#send(read)
  }

  close(): void {
    this.#closed = true
    for (const { resolve } of this.#open.values()) resolve([])
    this.#open.clear()
  }
}
