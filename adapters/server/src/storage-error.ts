import { existsSync } from 'node:fs'
import type { StoreErrorCode } from '@livefold/core/adapter'
import { messageOf, StoreError } from '@livefold/core/adapter'

/** SQLite's primary result codes that tell of the environment, not of the statement: https://sqlite.org/rescode.html */
const ENVIRONMENT: Record<number, StoreErrorCode> = {
  5: 'storage/locked',
  6: 'storage/locked',
  7: 'storage/io',
  8: 'storage/io',
  9: 'storage/io',
  10: 'storage/io',
  11: 'storage/corrupt',
  13: 'storage/full',
  14: 'storage/io',
  15: 'storage/io',
  22: 'storage/io',
  23: 'storage/io',
  26: 'storage/corrupt',
}

const ADVICE: Partial<Record<StoreErrorCode, string>> = {
  'storage/locked': 'Stop the other process that writes to it.',
  'storage/full': 'Free space on the disk.',
  'storage/corrupt': 'Restore it from a backup.',
  'storage/io': 'Check the disk, the path and its permissions.',
}

/** The system's own words for no room, as a sync of the disk gives them. */
const FULL = new Set(['ENOSPC', 'EDQUOT'])

/** SQLite's primary result code of an error of `node:sqlite`; null for errors of another kind. */
function resultCode(thrown: unknown): number | null {
  const code = (thrown as { errcode?: unknown } | null)?.errcode
  return typeof code === 'number' ? code & 0xff : null
}

/** True when disk, memory or another process is to blame: every write of the transaction fails alike. */
export function isEnvironmental(thrown: unknown): boolean {
  const code = resultCode(thrown)
  return code !== null && code in ENVIRONMENT
}

/** True when a row is there that must not be there twice: SQLITE_CONSTRAINT_PRIMARYKEY or _UNIQUE. */
export function isDuplicate(thrown: unknown): boolean {
  const { errcode } = (thrown ?? {}) as { errcode?: unknown }
  return errcode === 1555 || errcode === 2067
}

/** Refuses a path where there is no file: SQLite would only say that it cannot open it. Throws `storage/io`. */
export function requireLog(file: string): void {
  if (existsSync(file)) return
  throw new StoreError('storage/io', `There is no event log at ${file}. Check the path.`, { details: { file } })
}

/** What failed at the log `file`, as a `StoreError` `storage/*`. */
export function storageError(file: string, thrown: unknown): StoreError {
  if (thrown instanceof StoreError) return thrown
  const result = resultCode(thrown)
  const isFull = FULL.has(String((thrown as { code?: unknown } | null)?.code))
  const code = isFull ? 'storage/full' : (ENVIRONMENT[result ?? -1] ?? 'storage/io')
  return new StoreError(code, `The event log ${file} failed: ${messageOf(thrown)}. ${ADVICE[code] ?? ''}`.trimEnd(), {
    cause: thrown,
    details: { file, sqlite: result },
    retry: code === 'storage/corrupt' ? 'no' : 'backoff',
  })
}
