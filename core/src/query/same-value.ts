import { sameBytes } from '../base/bytes.ts'
import type { Row } from '../sqlite/driver.ts'

/** `previous` when both are equal, else `next`. */
export function shareValue(previous: unknown, next: unknown): unknown {
  return sameValue(previous, next) ? previous : next
}

/** Equality of decoded values: dates by time, blobs by bytes, JSON by depth, the rest by `Object.is`. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (isDate(a)) return isDate(b) && Object.is(a.getTime(), b.getTime())
  if (a instanceof Uint8Array) return sameBytes(a, b)
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => sameValue(item, b[i]))
  if (Array.isArray(b) || isDate(b) || b instanceof Uint8Array) return false
  return sameMembers(a as Row, b as Row)
}

function sameMembers(a: Row, b: Row): boolean {
  let missing = 0
  // Without lists of names: most rows that are compared differ in one of the first.
  for (const name in a) {
    if (!Object.hasOwn(b, name) || !sameValue(a[name], b[name])) return false
    missing--
  }
  for (const _ in b) missing++
  return missing === 0
}

export function isDate(value: object): value is { getTime(): number } {
  // biome-ignore lint/style/noRestrictedGlobals: tells a decoded timestamp from JSON, reads no clock
  return value instanceof Date
}

/**
 * What `share` does as long as its code is on its way: an equal result is the earlier one, and equal rows are the earlier rows (QRY-2).
 * Parts of a row that changed are new, and each row costs its JSON.
 */
export function shareEqual(previous: unknown, next: unknown): unknown {
  if (sameValue(previous, next)) return previous
  if (!Array.isArray(previous) || !Array.isArray(next)) return next
  const earlier = new Map(previous.map((row) => [textOf(row), row]))
  return next.map((row, place) => {
    const shared = shareValue(previous[place], row)
    return shared === row ? shareValue(earlier.get(textOf(row)), row) : shared
  })
}

/** Equal for equal rows. */
function textOf(row: unknown): string {
  return JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value))
}
