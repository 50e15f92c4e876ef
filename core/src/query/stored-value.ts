import type { SqlValue } from '../sqlite/driver.ts'

/** A stored value as a key: two stored values are equal in SQLite exactly when their keys are equal under `===`. */
export type StoredKey = null | number | bigint | string

/**
 * The key of a stored value. Numbers and bigints of one value share a key. A blob becomes a text that starts with NUL
 * and could meet an equal text: that costs a needless re-run at most, never a missed one.
 */
export function storedKey(value: SqlValue): StoredKey {
  if (typeof value === 'bigint') {
    const number = Number(value)
    return BigInt(number) === value ? number : value
  }
  if (value instanceof Uint8Array) return blobKey(value)
  return value
}

function blobKey(bytes: Uint8Array): string {
  let text = '\u0000'
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

/** Whether two stored values differ for SQLite. */
export function storedDiffers(before: SqlValue, after: SqlValue): boolean {
  return before !== after && storedKey(before) !== storedKey(after)
}
