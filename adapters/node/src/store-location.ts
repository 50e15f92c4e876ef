import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Files of one store in its directory. The name escapes whatever a file system might not take. */
export interface StoreLocation {
  readonly storeId: string
  readonly database: string
  /** A database of its own, locked while a leader has the store; the store itself stays readable for any SQLite tool. */
  readonly lock: string
}

/** Finds the files of a store, and creates the directory where it is missing. */
export function locateStore(directory: string, storeId: string): StoreLocation {
  mkdirSync(directory, { recursive: true })
  const name = encodeURIComponent(storeId).replaceAll('.', '%2E').replaceAll('*', '%2A')
  const database = join(directory, `${name}.sqlite`)
  return { storeId, database, lock: `${database}.lock` }
}

export function removeStore({ database, lock }: StoreLocation): void {
  for (const path of [database, `${database}-wal`, `${database}-shm`, `${database}-journal`, lock, `${lock}-journal`])
    rmSync(path, { force: true })
}
