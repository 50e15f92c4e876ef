import { invariant } from '../base/assert.ts'
import { confirmEvent } from '../protocol/confirm-event.ts'
import type { ConfirmedEvent, EventId } from '../protocol/event-record.ts'
import type { SqliteDriver, SqlValue } from '../sqlite/driver.ts'
import { EVENT_COLUMNS, eventBinds, eventOf, insertInto } from './event-row.ts'

const INSERT = insertInto('livefold_eventlog')
const SELECT = `SELECT ${EVENT_COLUMNS} FROM livefold_eventlog`
const BY_ID = `${SELECT} WHERE id = ?`
const BETWEEN = `${SELECT} WHERE seq > ? AND seq <= ? ORDER BY seq`

/** The confirmed events of one store, 1 … head without gaps (rules LOG-1, LOG-2: append only). */
export class Eventlog {
  readonly #driver: SqliteDriver
  #head: number

  constructor(driver: SqliteDriver) {
    this.#driver = driver
    this.#head = Number(driver.prepare('SELECT max(seq) FROM livefold_eventlog').value() ?? 0)
  }

  get head(): number {
    return this.#head
  }

  /** Id of the event at `seq`; null at 0 and beyond the head. */
  idAt(seq: number): EventId | null {
    const id = this.#driver.prepare('SELECT id FROM livefold_eventlog WHERE seq = ?').value([seq])
    return typeof id === 'string' ? id : null
  }

  append(events: readonly ConfirmedEvent[]): void {
    const insert = this.#driver.prepare(INSERT)
    for (const event of events) {
      invariant(event.seq === this.#head + 1, `event ${event.seq} does not follow head ${this.#head}`)
      insert.run(eventBinds(event.seq, event))
      this.#head = event.seq
    }
  }

  /** Events after `after`, in order: `limit` of them, rounded up to the end of a commit (rule LOG-3). */
  read(after: number, limit: number): ConfirmedEvent[] {
    const events = this.#between(after, after + limit)
    while (events.at(-1)?.joined) {
      const from = (events.at(-1) as ConfirmedEvent).seq
      const rest = this.#between(from, from + limit)
      if (rest.length === 0) break
      for (const event of rest) {
        events.push(event)
        if (!event.joined) return events
      }
    }
    return events
  }

  /** The confirmed event of this id. */
  find(id: EventId): ConfirmedEvent | null {
    const [row] = this.#driver.prepare(BY_ID).values([id])
    return row ? confirmedOf(row) : null
  }

  #between(after: number, to: number): ConfirmedEvent[] {
    return this.#driver.prepare(BETWEEN).values([after, to]).map(confirmedOf)
  }
}

function confirmedOf(row: readonly SqlValue[]): ConfirmedEvent {
  return confirmEvent(eventOf(row), Number(row[0]))
}
