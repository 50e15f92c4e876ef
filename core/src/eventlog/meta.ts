import type { SqliteDriver } from '../sqlite/driver.ts'

/** What a store's file says of itself. */
export interface MetaValues {
  /** Random name of this database file. */
  dbId: string
  clientId: string
  /** Number of the leader that wrote last (rule LEAD-1). */
  epoch: number
  /** Of the backend whose order this log is; missing until there was one. */
  backendId: string
  schemaHash: string
  /** Schema version that the state tables were built with. */
  version: number
  /** Confirmed position that undoing all undo records leads to. */
  base: number
  /** Position in the local log that the local tables hold. */
  localApplied: number
}

/** Key-value pairs of one store file. */
export class Meta {
  readonly #driver: SqliteDriver

  constructor(driver: SqliteDriver) {
    this.#driver = driver
  }

  get<K extends keyof MetaValues>(key: K): MetaValues[K] | undefined {
    return this.#driver.prepare('SELECT value FROM livefold_meta WHERE key = ?').value([key]) as
      | MetaValues[K]
      | undefined
  }

  set<K extends keyof MetaValues>(key: K, value: MetaValues[K]): void {
    this.#driver.prepare('INSERT OR REPLACE INTO livefold_meta VALUES (?, ?)').run([key, value])
  }
}
