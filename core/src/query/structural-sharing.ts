import { sameBytes } from '../base/bytes.ts'
import type { Row } from '../sqlite/driver.ts'

/**
 * The new rows with everything that did not change replaced by what was handed out before: a row equal to the earlier
 * row keeps that object, and equal lists keep the earlier array, so that `===` tells whether anything changed (QRY-2).
 *
 * @param previous rows handed out before
 * @param next rows just read; owned by the caller, changed in place
 * @param identity properties that tell one row from another; null pairs rows by position
 */
export function shareRows(previous: readonly Row[], next: Row[], identity: readonly string[] | null): readonly Row[] {
  let same = previous.length === next.length
  let byIdentity: Map<unknown, Row> | null = null
  for (let place = 0; place < next.length; place++) {
    const row = next[place] as Row
    let earlier = previous[place]
    if (identity && !(earlier && sameProperties(earlier, row, identity))) {
      byIdentity ??= indexRows(previous, identity)
      earlier = byIdentity.get(identityOf(row, identity))
    }
    const shared = earlier ? shareRow(earlier, row) : row
    next[place] = shared
    if (shared !== previous[place]) same = false
  }
  return same ? previous : next
}

/**
 * `previous` when both rows are equal; else `next`, with equal JSON, dates and blobs taken from `previous`.
 * Both rows come from one statement, so that they have the same properties.
 */
export function shareRow(previous: Row, next: Row): Row {
  let same = true
  for (const name in next) {
    const before = previous[name]
    const after = next[name]
    if (Object.is(before, after)) continue
    if (sameValue(before, after)) next[name] = before
    else same = false
  }
  return same ? previous : next
}

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

function isDate(value: object): value is { getTime(): number } {
  // biome-ignore lint/style/noRestrictedGlobals: tells a decoded timestamp from JSON, reads no clock
  return value instanceof Date
}

function sameProperties(a: Row, b: Row, names: readonly string[]): boolean {
  return names.every((name) => sameValue(a[name], b[name]))
}

function indexRows(rows: readonly Row[], identity: readonly string[]): Map<unknown, Row> {
  const index = new Map<unknown, Row>()
  for (const row of rows) index.set(identityOf(row, identity), row)
  return index
}

/** Equal for rows with equal identity. Rows that met under one would do no harm here: a row is shared only after all of it was compared. */
export function identityOf(row: Row, identity: readonly string[]): unknown {
  const [only] = identity
  if (identity.length > 1 || only === undefined) return JSON.stringify(identity.map((name) => identityPart(row[name])))
  const value = row[only]
  return typeof value === 'object' && value !== null ? JSON.stringify(identityPart(value)) : value
}

/** JSON that is equal for equal values alone. */
function identityPart(value: unknown): unknown {
  if (typeof value === 'string' || value === null) return value
  if (typeof value !== 'object') return [typeof value, String(value)]
  if (isDate(value)) return ['date', value.getTime()]
  return value instanceof Uint8Array ? ['blob', String(value)] : value
}
