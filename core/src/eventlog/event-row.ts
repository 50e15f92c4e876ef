import { Hash } from '../base/hash.ts'
import type { EventRecord } from '../protocol/event-record.ts'
import type { SqlValue } from '../sqlite/driver.ts'
import { damageError } from './damage.ts'

const COLUMNS = 'id, name, args, client_id, session_id, parent, at, joined'

/** Columns of an event with its position, in the order of `eventBinds`. `rowid` stands for the position, whatever its column is called. */
export const EVENT_COLUMNS = `rowid, ${COLUMNS}, sum`

/** The statement for `eventBinds`. */
export function insertInto(table: string): string {
  return `INSERT INTO ${table} (${EVENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
}

export function eventBinds(position: number, event: EventRecord): SqlValue[] {
  const row = [
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
  row.push(sumOf(row))
  return row
}

/**
 * An event from a row of `EVENT_COLUMNS`.
 *
 * @throws StoreError `storage/corrupt` when the row is not as it was written: SQLite itself keeps no checksums.
 */
export function eventOf(row: readonly SqlValue[]): EventRecord {
  if (sumOf(row) !== row[9]) throw damageError(`the event at ${row[0]} is not as it was written`)
  const id = String(row[1])
  const name = String(row[2])
  const args = JSON.parse(String(row[3]))
  const clientId = String(row[4])
  const sessionId = String(row[5])
  const parent = Number(row[6])
  const at = Number(row[7])
  return row[8]
    ? { id, name, args, clientId, sessionId, parent, at, joined: true }
    : { id, name, args, clientId, sessionId, parent, at }
}

/** Over position and event, so that no row passes for another. */
export function sumOf(row: readonly SqlValue[]): number {
  const hash = new Hash()
  for (let i = 0; i < 9; i++) hash.add(String(row[i]))
  return hash.sum
}
