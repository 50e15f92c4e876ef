import type { SqlValue } from '../sqlite/driver.ts'
import { Undecided } from './maintained.ts'

/** What a text has in place of bytes that are no UTF-8: its bytes, and so its order, cannot be told. */
const REPLACEMENT = 0xfffd

/**
 * Compares two stored values of one column as SQLite orders them: null first, numbers by value, text by its UTF-8 bytes, blobs by bytes.
 *
 * @throws Undecided
 */
export function compareStored(a: SqlValue, b: SqlValue): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b)
  if (a < b) return -1
  if (a > b) return 1
  if (a <= b) return 0
  throw new Undecided()
}

/** @throws Undecided when `values` hold text that is not what SQLite holds */
export function assertDecided(values: readonly (SqlValue | undefined)[]): void {
  for (const value of values) {
    const undecided = typeof value === 'string' ? value.includes('\ufffd') : value === undefined || Number.isNaN(value)
    if (undecided) throw new Undecided()
  }
}

function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const x = a.charCodeAt(at)
    const y = b.charCodeAt(at)
    if (x === REPLACEMENT || y === REPLACEMENT) throw new Undecided()
    if (x !== y) return byCodePoint(x) - byCodePoint(y)
  }
  return a.length - b.length
}

/** UTF-8 orders by code point: surrogates, which stand for those beyond U+FFFF, come last. */
function byCodePoint(unit: number): number {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const difference = (a[at] as number) - (b[at] as number)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}
