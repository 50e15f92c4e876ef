import type { QueryPlan } from '../sql/plan.ts'
import type { Row } from '../sqlite/driver.ts'
import { isDate, sameValue, shareValue } from './same-value.ts'

/** The new result of a query with all that did not change taken from the one before. */
export function share(previous: unknown, next: unknown, { result, identity }: QueryPlan): unknown {
  if (result === 'value') return shareValue(previous, next)
  if (previous === undefined || next === undefined) return next
  if (result === 'first') return shareRow(previous as Row, next as Row)
  return shareRows(previous as readonly Row[], next as Row[], identity)
}

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
