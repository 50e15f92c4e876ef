import {
  type Clock,
  type Doubt,
  type FileKeeper,
  openWasmFile,
  type SqliteDriver,
  type StoreError,
  type WasmPartsSource,
} from '@livefold/core/adapter'
import { directoryPath } from './directory-path.ts'
import { DATABASE, type OpfsState, WAL } from './opfs-state.ts'
import type { SahPool, Sqlite3 } from './sqlite-module.ts'
import type { StoreNames } from './store-names.ts'
import type { Durability } from './worker-messages.ts'

/** First wait for handles that a leader before has not let go of yet, ms; doubled each time. */
const HANDLE_WAIT = 20
const HANDLE_TRIES = 8

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

export interface OpfsOptions {
  readonly sqlite3: Sqlite3
  readonly names: StoreNames
  readonly durability: Durability
  readonly clock: Clock
  readonly parts: WasmPartsSource
  /** As found before. */
  readonly state: OpfsState
}

export interface OpfsFile {
  /** Or why the file cannot be opened: the leader judges damage, with what the keeper can do about it. */
  readonly driver: SqliteDriver | StoreError
  readonly keeper: FileKeeper
}

/** Of the worker's bundle a part of its own: seldom needed. */
const repair = () => import('./opfs-repair.ts')

/**
 * Opens a store's file in its OPFS pool. The handles are let go of when the worker ends.
 *
 * @throws StoreError `storage/locked` when something else has the handles, `storage/full`, `storage/io`
 */
export async function openOpfs(options: OpfsOptions): Promise<OpfsFile> {
  const { names, state } = options
  const pool = await installPool(options)
  const open = (path: string) => openDatabase(options, pool, path)
  const openPool = { names, pool, open }
  const found = state.resume?.(openPool) ? {} : state
  let { doubt = null, error: driver }: { doubt?: Doubt | null; error?: SqliteDriver | StoreError } = found
  try {
    if (!driver) {
      driver = open(DATABASE)
      doubt ??= await doubtOfWal(driver, pool)
    }
  } catch (thrown) {
    if ((thrown as StoreError).code !== 'storage/corrupt') throw thrown
    driver = thrown as StoreError
  }
  const keeper: FileKeeper = {
    doubt,
    check: doubt && (await repair()).checkAll,
    repair: async (told) => (await repair()).repairFile(told),
    replace: async () => (await repair()).replaceFile(openPool),
  }
  return { driver, keeper }
}

function openDatabase({ sqlite3, durability, parts }: OpfsOptions, pool: SahPool, path: string): SqliteDriver {
  const driver = openWasmFile(sqlite3, path, { vfs: pool.vfsName, exclusive: true, parts })
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

/** Looks closely where the write-ahead log is longer than what SQLite reads of it: mostly it has begun anew from the front. */
async function doubtOfWal(driver: SqliteDriver, pool: SahPool): Promise<Doubt | null> {
  const [[, frames] = []] = driver.prepare('PRAGMA wal_checkpoint(NOOP)').values()
  const [[pageBytes] = []] = driver.prepare('PRAGMA page_size').values()
  const wal = pool.exportFile(WAL)
  if (wal.length < (Number(frames) + 2) * Number(pageBytes)) return null
  return (await import('./opfs-inspect.ts')).doubtOfWal(wal, Number(frames), Number(pageBytes))
}

async function installPool({ sqlite3, names, clock, state }: OpfsOptions): Promise<SahPool> {
  for (let attempt = 0; ; attempt++) {
    try {
      await state.mend?.()
      return await sqlite3.installOpfsSAHPoolVfs({
        name: 'livefold',
        directory: directoryPath(names),
        // Errors go to the `fault` of `startSqlite`.
        verbosity: 1,
        // The defaults of both delete the data when one handle cannot be had.
        preserveOnInitFailure: true,
        forceReinitIfPreviouslyFailed: true,
      })
    } catch (thrown) {
      const taken = (thrown as DOMException).name === 'NoModificationAllowedError'
      if (!taken || attempt === HANDLE_TRIES) throw (await repair()).poolError(thrown, names)
      await new Promise<void>((resolve) => clock.after(HANDLE_WAIT * 2 ** attempt, resolve))
    }
  }
}
