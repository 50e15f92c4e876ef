import { messageOf } from '../base/errors.ts'
import type { Commit, EventRecord } from '../protocol/event-record.ts'
import type { SqliteDriver, SqlValue } from '../sqlite/driver.ts'
import { EVENT_COLUMNS, eventOf } from './event-row.ts'
import type { EVENT_TABLES } from './tables.ts'

/** Rows read at once while all goes well. */
const STRIDE = 512

/** How much of a table of events can be read. */
export interface LogExtent {
  readonly events: number
  /** What is wrong first; null when all of it is there as it was written. */
  readonly damage: string | null
}

/**
 * Reads a table of events past its index, row by row where it must, and hands on every whole commit that is as it was written. A log
 * without gaps ends at the first damage; of pending commits those after it are handed on too.
 */
export function scanLog(
  driver: SqliteDriver,
  table: keyof typeof EVENT_TABLES,
  take: (commit: Commit, from: number) => void = () => {},
): LogExtent {
  const gapless = table !== 'livefold_pending'
  let damage: string | null = null
  let [events, after, stride] = [0, 0, STRIDE]
  let commit: EventRecord[] = []
  let from = 1
  /** In a commit that is not whole: where it ends is not known before the end of the next. */
  let torn = false
  for (;;) {
    const rows = readRows(driver, table, after, stride)
    if (typeof rows === 'string') {
      if (stride === 1) return { events, damage: damage ?? rows }
      stride = stride > 8 ? stride >> 3 : 1
      continue
    }
    if (rows.length === 0) {
      return { events, damage: damage ?? (commit.length > 0 ? `the commit at ${from} has no end` : null) }
    }
    for (const row of rows) {
      const at = Number(row[0])
      if (!(at > after)) return { events, damage: damage ?? `rows after ${after} are out of order` }
      const read = readEvent(row, gapless && at !== after + 1 ? `nothing is between ${after} and ${at}` : null)
      after = at
      if (typeof read === 'string') {
        damage ??= read
        if (gapless) return { events, damage }
        ;[commit, torn] = [[], true]
        continue
      }
      if (commit.length === 0) from = at
      commit.push(read)
      if (read.joined) continue
      if (!torn) {
        take(commit, from)
        events += commit.length
      }
      ;[commit, torn] = [[], false]
    }
  }
}

/** Rows after a position, or why they cannot be read. */
function readRows(driver: SqliteDriver, table: string, after: number, limit: number): SqlValue[][] | string {
  try {
    const sql = `SELECT ${EVENT_COLUMNS} FROM ${table} NOT INDEXED WHERE rowid > ? ORDER BY rowid LIMIT ${limit}`
    return driver.prepare(sql).values([after])
  } catch (thrown) {
    return messageOf(thrown)
  }
}

function readEvent(row: readonly SqlValue[], gap: string | null): EventRecord | string {
  if (gap !== null) return gap
  try {
    return eventOf(row)
  } catch (thrown) {
    return messageOf(thrown)
  }
}
