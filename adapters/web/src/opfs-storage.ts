import { type Clock, messageOf, openWasmFile, type SqliteDriver, StoreError } from '@livefold/core/adapter'
import type { SahPool, Sqlite3 } from './sqlite-module.ts'
import type { StoreNames } from './store-names.ts'
import type { Durability } from './worker-messages.ts'

const FILE = '/store.sqlite3'
/** Waits for handles that a leader before has not let go of yet, ms. */
const HANDLE_WAITS = [20, 50, 100, 200, 400, 800, 1_600]

interface SyncHandles {
  FileSystemFileHandle?: { prototype: { createSyncAccessHandle?: unknown } }
}

/** False in private windows of some browsers, and where sync access handles are not there. */
export async function opfsIsThere(): Promise<boolean> {
  if (!(globalThis as SyncHandles).FileSystemFileHandle?.prototype.createSyncAccessHandle) return false
  try {
    await navigator.storage.getDirectory()
    return true
  } catch {
    return false
  }
}

/**
 * Opens a store's file in its OPFS pool. The handles are let go of when the worker ends.
 *
 * @throws StoreError `storage/locked` when something else has the handles, `storage/full`, `storage/io`
 */
export async function openOpfs(
  sqlite3: Sqlite3,
  names: StoreNames,
  durability: Durability,
  clock: Clock,
): Promise<SqliteDriver> {
  const pool = await installPool(sqlite3, names, clock)
  const driver = openWasmFile(sqlite3, FILE, { vfs: pool.vfsName, exclusive: true })
  try {
    driver.prepare('PRAGMA journal_mode = WAL').values()
    driver.exec(
      `PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY`,
    )
    return driver
  } catch (thrown) {
    driver.close()
    throw thrown
  }
}

async function installPool(sqlite3: Sqlite3, names: StoreNames, clock: Clock): Promise<SahPool> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await sqlite3.installOpfsSAHPoolVfs({
        name: 'livefold',
        directory: names.directory,
        // Errors go to the `fault` of `startSqlite`.
        verbosity: 1,
        // The defaults of both delete the data when one handle cannot be had.
        preserveOnInitFailure: true,
        forceReinitIfPreviouslyFailed: true,
      })
    } catch (thrown) {
      const wait = HANDLE_WAITS[attempt]
      if (!isTaken(thrown) || wait === undefined) throw poolError(thrown, names)
      await new Promise<void>((resolve) => clock.after(wait, resolve))
    }
  }
}

function isTaken(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === 'NoModificationAllowedError'
}

function poolError(thrown: unknown, { storeId }: StoreNames): StoreError {
  const details = { storeId }
  if (isTaken(thrown)) {
    return new StoreError('storage/locked', `The files of store ${storeId} are in use elsewhere; it is tried again.`, {
      details,
      cause: thrown,
      retry: 'restart',
    })
  }
  if (thrown instanceof DOMException && thrown.name === 'QuotaExceededError') {
    return new StoreError(
      'storage/full',
      `Store ${storeId} finds no room: free space for this site; it is tried again.`,
      {
        details,
        cause: thrown,
        retry: 'restart',
      },
    )
  }
  return new StoreError('storage/io', `The files of store ${storeId} cannot be opened: ${messageOf(thrown)}`, {
    details,
    cause: thrown,
    retry: 'restart',
  })
}
