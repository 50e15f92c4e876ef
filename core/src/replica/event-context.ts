import type { EventRecord } from '../protocol/event-record.ts'
import type { MaterializedEvent, MaterializerContext } from '../schema/materializer.ts'

/** `ctx` of one run of a materializer; `event` is made when it is asked for. */
export class EventContext implements MaterializerContext {
  readonly #record: EventRecord
  readonly query: MaterializerContext['query']

  constructor(record: EventRecord, query: MaterializerContext['query']) {
    this.#record = record
    this.query = query
  }

  get event(): MaterializedEvent {
    const { id, name, clientId, sessionId, parent, at } = this.#record
    return { id, name, clientId, sessionId, parent, at }
  }
}
