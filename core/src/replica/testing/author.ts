import type { Commit, ConfirmedEvent, EventRecord } from '../../protocol/event-record.ts'
import { eventId } from '../../protocol/event-record.ts'
import type { NewEvent } from '../../schema/event.ts'
import type { AnySchema } from '../../schema/schema.ts'

/** Makes commits of one session, as `store.commit` would. */
export class Author {
  readonly sessionId: string
  readonly #schema: AnySchema
  #n = 0

  constructor(schema: AnySchema, sessionId: string) {
    this.#schema = schema
    this.sessionId = sessionId
  }

  commit(...events: readonly NewEvent[]): Commit {
    return events.map((event, i): EventRecord => {
      this.#n += 1
      const record = {
        id: eventId(this.sessionId, this.#n),
        name: event.name,
        args: this.#schema.events.get(event.name)?.validate(event.args) ?? null,
        clientId: 'client',
        sessionId: this.sessionId,
        parent: 0,
        at: 1_000 + this.#n,
      }
      return i < events.length - 1 ? { ...record, joined: true } : record
    })
  }
}

/** The commit with its place in the global order. */
export function confirmed(commit: Commit, first: number): Commit<ConfirmedEvent> {
  return commit.map((event, i) => ({ ...event, seq: first + i }))
}

export function idOf(commit: Commit): string {
  return (commit[0] as EventRecord).id
}
