import { Hash } from '../base/hash.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { damageError } from './damage.ts'

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
  /** The last leader met damage that the file does not show by itself: it is not to be used as it is. */
  damaged: string
}

/** What a store is known by; `sum` is over these. The others are held against the logs. */
const IDENTITY: readonly (keyof MetaValues)[] = ['dbId', 'clientId', 'backendId', 'schemaHash', 'version']

const SET = 'INSERT OR REPLACE INTO livefold_meta VALUES (?, ?)'

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
    this.#driver.prepare(SET).run([key, value])
    if (IDENTITY.includes(key)) this.seal()
  }

  /** Takes the values that the store is known by as they are. */
  seal(): void {
    this.#driver.prepare(SET).run(['sum', this.#sum()])
  }

  /** @throws StoreError `storage/corrupt` when a value that the store is known by is not the one that was set. */
  check(): void {
    const sum = this.#driver.prepare("SELECT value FROM livefold_meta WHERE key = 'sum'").value()
    // Before the first leader there is nothing to be known by.
    if (sum === this.#sum() || (sum === undefined && this.get('dbId') === undefined)) return
    throw damageError('what the store is known by is not as it was written')
  }

  #sum(): number {
    const hash = new Hash()
    for (const key of IDENTITY) hash.add(String(this.get(key)))
    return hash.sum
  }
}
