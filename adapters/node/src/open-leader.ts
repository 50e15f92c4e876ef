import {
  type AnySchema,
  hostClock,
  hostRandom,
  LeaderHost,
  type SqliteDriver,
  StoreError,
  type SyncTransport,
} from '@livefold/core/adapter'
import * as leaderParts from '@livefold/core/leader-parts'
import { markClosed, removeMark } from './clean-mark.ts'
import { tieCut } from './cut-note.ts'
import { NodeFileKeeper } from './file-keeper.ts'
import { openNodeDriver } from './sqlite-driver.ts'
import type { StoreLocation } from './store-location.ts'
import { StoreLock } from './store-lock.ts'

/** `full`: acked also survives power loss, at the price of an fsync per transaction. */
export type Durability = 'normal' | 'full'

export interface OpenLeaderOptions {
  readonly location: StoreLocation
  readonly durability: Durability
  readonly schema: AnySchema
  readonly sync?: SyncTransport | undefined
  readonly development?: boolean | undefined
  readonly onFailed?: (error: StoreError) => void
}

export interface OpenLeader {
  readonly host: LeaderHost
  /** Closes the leader, its database, and gives the lock back. */
  close(): Promise<void>
}

/**
 * Opens a store's file under its lock, with a leader on it in this thread.
 *
 * @throws StoreError `storage/*`
 */
export function openLeader(options: OpenLeaderOptions): OpenLeader {
  const { location, durability, schema, sync, development, onFailed } = options
  const { database } = location
  const lock = new StoreLock(location)
  const open = (path: string) => openFile(path, durability)
  let driver: SqliteDriver | StoreError
  let keeper: NodeFileKeeper
  try {
    keeper = new NodeFileKeeper(database, open)
    driver = openUnlessDamaged(keeper, open)
  } catch (thrown) {
    lock.release()
    throw final(thrown)
  }
  let failed = false
  const host = new LeaderHost({
    storeId: location.storeId,
    schema,
    driver,
    keeper,
    openMemory: () => openNodeDriver(':memory:'),
    clock: hostClock(globalThis),
    random: hostRandom(globalThis),
    storage: 'persisted',
    parts: leaderParts,
    sync,
    development,
    onFailed: (error) => {
      failed = true
      tieCut(database)
      lock.release()
      onFailed?.(error)
    },
  })
  return {
    host,
    async close() {
      await host.close()
      if (host.isOpen && !failed) markClosed(database)
      lock.release()
    },
  }
}

/** The leader judges damage, with what the keeper can do about it. */
function openUnlessDamaged(
  { database, doubt, empty }: NodeFileKeeper,
  open: (path: string) => SqliteDriver,
): SqliteDriver | StoreError {
  // SQLite would take it for a new one.
  if (doubt && empty) return new StoreError('storage/corrupt', doubt.why)
  if (!doubt) removeMark(database)
  try {
    return open(database)
  } catch (thrown) {
    if (thrown instanceof StoreError && thrown.code === 'storage/corrupt') return thrown
    throw thrown
  }
}

/** Opens a store's file as its leader wants it. */
export function openFile(path: string, durability: Durability): SqliteDriver {
  const driver = openNodeDriver(path)
  try {
    driver.prepare('PRAGMA journal_mode = WAL').values()
    driver.exec(`PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}; PRAGMA cache_size = -16000`)
    return driver
  } catch (thrown) {
    driver.close()
    throw thrown
  }
}

/** A file that cannot be opened now is for the app to judge: nobody opens it again by itself. */
function final(thrown: unknown): unknown {
  if (!(thrown instanceof StoreError)) return thrown
  return new StoreError(thrown.code, thrown.message, { details: thrown.details, cause: thrown })
}
