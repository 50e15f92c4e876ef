import type { ConfirmedEvent, EventRecord, Json } from '@livefold/core/adapter'
import type { Change } from '../work/item.ts'
import { eventOf } from '../work/schema.ts'

/** Makes the events of one session, as its leader or its server gets them. */
export class EventSource {
  readonly sessionId: string
  #n = 0

  /** @param sessionId 16 characters, as real ones have */
  constructor(sessionId: string) {
    this.sessionId = sessionId
  }

  events(changes: readonly Change[], parent = 0): EventRecord[] {
    const { sessionId } = this
    return changes.map((change) => {
      const { name, args } = eventOf(change)
      this.#n += 1
      return { id: `${sessionId}.${this.#n}`, name, args: args as Json, clientId: sessionId, sessionId, parent, at: 0 }
    })
  }

  /** With places in the order: `after + 1` and on. */
  confirmed(changes: readonly Change[], after: number): ConfirmedEvent[] {
    return this.events(changes, after).map((event, i) => ({ ...event, seq: after + 1 + i }))
  }
}
