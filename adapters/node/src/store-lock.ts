import { DatabaseSync } from 'node:sqlite'
import { StoreError } from '@livefold/core/adapter'
import { nodeError } from './sqlite-errors.ts'
import type { StoreLocation } from './store-location.ts'

/** SQLITE_BUSY. */
const BUSY = 5

/** One leader per store file, across processes and threads; the operating system lets go of it when its process dies. */
export class StoreLock {
  readonly #database: DatabaseSync

  /**
   * @throws StoreError `storage/locked` when another process, or another adapter of this one, has the store open; `storage/io` when
   * the lock's file cannot be written
   */
  constructor({ storeId, lock, database }: StoreLocation) {
    this.#database = openLock(lock)
    try {
      this.#database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
    } catch (thrown) {
      this.#database.close()
      if (((thrown as { errcode?: number }).errcode ?? 0) % 256 !== BUSY) throw nodeError(thrown, 'run', `lock ${lock}`)
      throw new StoreError(
        'storage/locked',
        `Store ${storeId} is open in another process (${database}). Close it there, or give this process a directory of its own.`,
        { details: { storeId, file: database } },
      )
    }
  }

  /** Once more is harmless. */
  release(): void {
    if (this.#database.isOpen) this.#database.close()
  }
}

function openLock(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path)
  } catch (thrown) {
    throw nodeError(thrown, 'run', `open ${path}`)
  }
}
