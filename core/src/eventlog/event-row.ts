import type { EventRecord } from '../protocol/event-record.ts'
import type { SqlValue } from '../sqlite/driver.ts'

/** Columns of an event after its position, in the order of `eventBinds`. */
export const EVENT_COLUMNS = 'id, name, args, client_id, session_id, parent, at, joined'

/** The statement for `eventBinds`. `rowid` stands for the position, whatever its column is called. */
export function insertInto(table: string): string {
  return `INSERT INTO ${table} (rowid, ${EVENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
}

export function eventBinds(position: number, event: EventRecord): SqlValue[] {
  return [
    position,
    event.id,
    event.name,
    JSON.stringify(event.args),
    event.clientId,
    event.sessionId,
    event.parent,
    event.at,
    event.joined ? 1 : 0,
  ]
}

/** An event from a row of `EVENT_COLUMNS` that begin at `from`. */
export function eventOf(row: readonly SqlValue[], from: number): EventRecord {
  const event = {
    id: String(row[from]),
    name: String(row[from + 1]),
    args: JSON.parse(String(row[from + 2])),
    clientId: String(row[from + 3]),
    sessionId: String(row[from + 4]),
    parent: Number(row[from + 5]),
    at: Number(row[from + 6]),
  }
  return row[from + 7] ? { ...event, joined: true } : event
}
