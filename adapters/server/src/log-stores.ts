import { DatabaseSync } from 'node:sqlite'
import { hostRandom, StoreError } from '@livefold/core/adapter'
import { openLogFile } from './log-file.ts'
import { requireLog, storageError } from './storage-error.ts'

/** A store of a log. */
export interface LoggedStore {
  readonly storeId: string
  readonly events: number
}

/**
 * The stores of a log that have events, by their ids. May run beside the server, or over a backup.
 *
 * @throws StoreError `storage/io` when the file cannot be opened, `storage/corrupt` when it is no log or damaged
 * @example
 * for (const { storeId, events } of listStores('./data/log.db')) console.log(storeId, events)
 */
export function listStores(file: string): LoggedStore[] {
  requireLog(file)
  let database: DatabaseSync | null = null
  try {
    database = new DatabaseSync(file, { readOnly: true })
    const rows = database.prepare(
      'SELECT name AS storeId, (SELECT count(*) FROM events WHERE store = number) AS events FROM stores ORDER BY name',
    )
    return rows.all().map(({ storeId, events }) => ({ storeId: String(storeId), events: Number(events) }))
  } catch (thrown) {
    throw storageError(file, thrown)
  } finally {
    database?.close()
  }
}

/**
 * Removes stores from a log, all of them or, where one is unknown or the disk fails, none; what they held is overwritten in the file. No server may have
 * the log. Clients that have such a store keep it, and stop with `sync/backend-mismatch`.
 *
 * @throws StoreError `storage/locked` while a server has the log; `storage/io` when there is no such file or store; `storage/*`
 * @example
 * await deleteStores('./data/log.db', ['team/42'])
 */
export async function deleteStores(file: string, storeIds: readonly string[]): Promise<void> {
  requireLog(file)
  const log = openLogFile(file, () => hostRandom(globalThis).id())
  const { database } = log
  try {
    database.exec('PRAGMA secure_delete = ON; BEGIN IMMEDIATE')
    for (const storeId of new Set(storeIds)) removeStore(database, storeId, file)
    // What was deleted is not to stay in the write-ahead log either.
    database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)')
    await log.sync()
  } catch (thrown) {
    throw storageError(file, thrown)
  } finally {
    log.close()
  }
}

function removeStore(database: DatabaseSync, storeId: string, file: string): void {
  const number = database.prepare('SELECT number FROM stores WHERE name = ?').get(storeId)?.number
  if (number === undefined) {
    throw new StoreError('storage/io', `The event log ${file} has no store "${storeId}". Nothing was deleted.`, {
      details: { file, storeId },
    })
  }
  for (const [table, column] of [
    ['events', 'store'],
    ['owners', 'store'],
    ['stores', 'number'],
  ]) {
    database.prepare(`DELETE FROM ${table} WHERE ${column} = ?`).run(number)
  }
}
