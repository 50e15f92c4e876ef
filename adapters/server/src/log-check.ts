import { DatabaseSync } from 'node:sqlite'
import { messageOf, StoreError } from '@livefold/core/adapter'
import { identityOf } from './log-file.ts'
import { LogTables } from './log-tables.ts'
import { requireLog, storageError } from './storage-error.ts'

/** What a log holds, and what is wrong with it. */
export interface LogReport {
  readonly stores: number
  readonly events: number
  /** A sentence each; none for a log that is as it was written. */
  readonly problems: readonly string[]
}

/** Events read at once. */
const PAGE = 1_000

/** Problems told at the most. */
const MOST = 100

/**
 * Reads a log from end to end: SQLite's structure and indexes, each event's checksum, each store's order without gaps. Changes nothing, and may run
 * beside the server or over a backup.
 *
 * @throws StoreError `storage/io` when the file cannot be opened, `storage/version` when it is of a version with another format
 * @example
 * const { problems } = checkLog('./data/log.db')
 */
export function checkLog(file: string): LogReport {
  requireLog(file)
  let database: DatabaseSync
  try {
    database = new DatabaseSync(file, { readOnly: true })
  } catch (thrown) {
    throw storageError(file, thrown)
  }
  try {
    const problems = (database.prepare(`PRAGMA integrity_check(${MOST})`).all() as { integrity_check: string }[])
      .map((row) => row.integrity_check)
      .filter((line) => line !== 'ok')
    const { format } = identityOf(database, file)
    if (format < 2) throw unsummed(file, format)
    return readAll(database, problems)
  } catch (thrown) {
    if (thrown instanceof StoreError && thrown.code === 'storage/version') throw thrown
    return { stores: 0, events: 0, problems: [messageOf(thrown)] }
  } finally {
    database.close()
  }
}

function readAll(database: DatabaseSync, problems: string[]): LogReport {
  const tables = new LogTables(database)
  const stores = database.prepare('SELECT number FROM stores').all() as { number: number }[]
  let events = 0
  for (const { number } of stores) {
    try {
      events += readStore(tables, number)
    } catch (thrown) {
      if (problems.length < MOST) problems.push(messageOf(thrown))
    }
  }
  return { stores: stores.length, events, problems }
}

function readStore(tables: LogTables, store: number): number {
  let after = 0
  for (;;) {
    const events = tables.read(store, after, PAGE, Number.POSITIVE_INFINITY)
    const last = events.at(-1)
    if (!last) return after
    after = last.seq
  }
}

function unsummed(file: string, format: number): StoreError {
  return new StoreError(
    'storage/version',
    `The event log ${file} has format ${format}, whose events have no checksums. Start this server on it once, which adds them, then check it.`,
    { details: { file, format } },
  )
}
