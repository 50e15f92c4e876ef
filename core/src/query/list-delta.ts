import type { Row } from '../sqlite/driver.ts'
import { identityOf } from './structural-sharing.ts'

/**
 * What turns one list into the next. To follow along: take out the places of `removed` and every `from` of `moved`, put in the rows of
 * `inserted` and `moved` in ascending order of their new places, then set the rows of `updated`.
 */
export interface ListDelta<R = unknown> {
  /** Places in the list before, ascending. */
  readonly removed: readonly number[]
  /** Places in the list now, ascending. */
  readonly inserted: readonly { readonly at: number; readonly row: R }[]
  /** Rows that changed their order among those that stayed; no more than need be taken out, by `to` ascending. */
  readonly moved: readonly { readonly from: number; readonly to: number; readonly row: R }[]
  /** Rows of both lists with another value; `at`: place in the list now, ascending. A moved row may be among them. */
  readonly updated: readonly { readonly at: number; readonly before: R; readonly row: R }[]
}

/**
 * Compares two results of one query. Rows that did not change are the same objects in both (rule QRY-2), so that most comparisons are
 * of references.
 *
 * @param identity properties that tell one row from another; null: a row is another as soon as it is another object
 */
export function listDelta<R>(
  before: readonly R[],
  after: readonly R[],
  identity: readonly string[] | null,
): ListDelta<R> {
  const start = sharedPrefix(before, after)
  const end = sharedSuffix(before, after, start)
  const keyOf = (row: R) => (identity ? identityOf(row as Row, identity) : row)
  const places = placesByKey(before, start, before.length - end, keyOf)
  const inserted: { at: number; row: R }[] = []
  const updated: { at: number; before: R; row: R }[] = []
  const kept: { from: number; to: number; row: R }[] = []
  for (let at = start; at < after.length - end; at++) {
    const row = after[at] as R
    const from = places.get(keyOf(row))?.shift()
    if (from === undefined) {
      inserted.push({ at, row })
      continue
    }
    kept.push({ from, to: at, row })
    const earlier = before[from] as R
    if (earlier !== row) updated.push({ at, before: earlier, row })
  }
  const removed = [...places.values()].flat().sort((a, b) => a - b)
  return { removed, inserted, moved: outOfOrder(kept), updated }
}

function sharedPrefix(before: readonly unknown[], after: readonly unknown[]): number {
  const most = Math.min(before.length, after.length)
  let length = 0
  while (length < most && before[length] === after[length]) length++
  return length
}

function sharedSuffix(before: readonly unknown[], after: readonly unknown[], start: number): number {
  const most = Math.min(before.length, after.length) - start
  let length = 0
  while (length < most && before[before.length - 1 - length] === after[after.length - 1 - length]) length++
  return length
}

/** A row may occur more than once in a result of SQL: its places, in order. */
function placesByKey<R>(
  rows: readonly R[],
  from: number,
  to: number,
  keyOf: (row: R) => unknown,
): Map<unknown, number[]> {
  const places = new Map<unknown, number[]>()
  for (let place = from; place < to; place++) {
    const key = keyOf(rows[place] as R)
    const known = places.get(key)
    if (known) known.push(place)
    else places.set(key, [place])
  }
  return places
}

/** Those that are not in a longest ascending run of `from`. */
export function outOfOrder<K extends { readonly from: number }>(kept: readonly K[]): K[] {
  if (kept.every(({ from }, i) => i === 0 || from > (kept[i - 1] as K).from)) return []
  // tails[n]: the entry with the smallest `from` that ends an ascending run of n + 1; `previous` links the runs.
  const tails: number[] = []
  const previous: number[] = []
  kept.forEach(({ from }, i) => {
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((kept[tails[middle] as number] as K).from < from) low = middle + 1
      else high = middle
    }
    previous[i] = low > 0 ? (tails[low - 1] as number) : -1
    tails[low] = i
  })
  const stay = new Set<number>()
  for (let i = tails.at(-1) ?? -1; i >= 0; i = previous[i] as number) stay.add(i)
  return kept.filter((_, i) => !stay.has(i))
}
