import type { Doubt, SqliteDriver, StoreError } from '@livefold/core/adapter'
import type { SahPool } from './sqlite-module.ts'
import type { StoreNames } from './store-names.ts'

export const DATABASE = '/store.sqlite3'
export const WAL = `${DATABASE}-wal`
/** A new file while it is filled, to take the place of a damaged one. */
export const FRESH = `${DATABASE}-fresh`

export interface OpenPool {
  readonly names: StoreNames
  readonly pool: SahPool
  readonly open: (path: string) => SqliteDriver
}

/** What there is to do about a store's files; nothing where they are those that a leader had open last. */
export interface OpfsState {
  readonly doubt?: Doubt
  /** Not to be opened: SQLite would take it for a new one. */
  readonly error?: StoreError
  /** Before the pool sees the files: it empties whatever it cannot make out. */
  mend?(): Promise<void>
  /** Before the database is opened. True where a new file has taken its place, and the rest of this does not hold for it. */
  resume?(pool: OpenPool): boolean
  /** When a leader has opened it. */
  mark?(): Promise<void>
}
