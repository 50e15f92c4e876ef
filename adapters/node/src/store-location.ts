import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, StoreError } from '@livefold/core/adapter'
import { removeMark } from './clean-mark.ts'
import { keptNumbers, removeDatabase } from './file-keeper.ts'

/** File systems take names of 255 bytes; suffixes come on top. */
const LONGEST = 200

/** Files of one store in its directory. The name escapes whatever a file system might not take. */
export interface StoreLocation {
  readonly storeId: string
  readonly database: string
  /** A database of its own, locked while a leader has the store; the store itself stays readable for any SQLite tool. */
  readonly lock: string
}

/**
 * Finds the files of a store, and creates the directory where it is missing.
 *
 * @throws StoreError `storage/io` when that cannot be done
 */
export function locateStore(directory: string, storeId: string): StoreLocation {
  try {
    mkdirSync(directory, { recursive: true })
  } catch (cause) {
    throw new StoreError('storage/io', `The directory ${directory} cannot be made: ${messageOf(cause)}`, { cause })
  }
  const database = join(directory, `${fileName(storeId)}.sqlite`)
  return { storeId, database, lock: `${database}.lock` }
}

/**
 * No two stores share a name, also where the file system takes `A` for `a`. A long one is cut, and told apart by its hash.
 */
function fileName(storeId: string): string {
  const name = encodeURIComponent(storeId).replace(/[A-Z.*~]|%../g, (found) =>
    found.length > 1 ? found : escaped(found),
  )
  if (name.length <= LONGEST) return name
  return `${name.slice(0, LONGEST - 65)}~${createHash('sha256').update(storeId).digest('hex')}`
}

function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

/**
 * Removes all files of a store. When that fails some may be gone; once more is harmless.
 *
 * @throws StoreError `storage/io`
 */
export function removeStore({ storeId, database, lock }: StoreLocation): void {
  try {
    const kept = keptNumbers(database).map((n) => `${database}.damaged-${n}`)
    for (const path of [database, `${database}.fresh`, `${database}.keeping`, ...kept, lock]) removeDatabase(path)
    removeMark(database)
  } catch (cause) {
    throw new StoreError(
      'storage/io',
      `Store ${storeId} could not be deleted: ${messageOf(cause)}. Make its directory writable and delete it again.`,
      { cause, details: { storeId, file: database }, retry: 'backoff' },
    )
  }
}
