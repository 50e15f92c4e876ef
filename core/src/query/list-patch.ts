import type { Row } from '../sqlite/driver.ts'
import { firstOf } from './binary-search.ts'
import { type ListDelta, outOfOrder } from './list-delta.ts'
import type { RowChunks } from './row-chunks.ts'

/** A row that comes into a list, or comes into it at another place. Places are those of the list before. */
export interface Arrival {
  readonly row: Row
  /** How many rows of the list before stand in front of it. */
  readonly into: number
  /** Where it was; -1: nowhere. */
  readonly from: number
  readonly before: Row | null
}

/** A row that keeps its place in the order. */
export interface Stay {
  readonly row: Row
  readonly from: number
  readonly before: Row
}

/**
 * Changes a list, and tells how.
 *
 * @param stays rows with another value; those that leave all the same do not count
 * @param left places of rows that leave, or move: ascending
 * @param arrivals in their order in the list
 */
export function patchRows(
  chunks: RowChunks,
  stays: readonly Stay[],
  left: readonly number[],
  arrivals: readonly Arrival[],
): ListDelta<Row> {
  const goneBefore = (place: number) => firstOf(left, (gone) => gone - place)
  const arrivedBefore = (place: number) => firstOf(arrivals, ({ into }) => into - place - 1)
  for (const { from, row } of stays) chunks.replace(from, row)
  for (let i = left.length - 1; i >= 0; i--) chunks.remove(left[i] as number)
  const placed = arrivals.map((arrival, i) => {
    const { row, from, before, into } = arrival
    // Rows that neither came nor went stand before it: as many as before, unless it moved.
    const passed = into - goneBefore(into)
    const to = passed + i
    return { row, from, before, to, at: to, crossed: passed !== from - goneBefore(from) }
  })
  for (const { at, row } of placed) chunks.insert(at, row)
  const kept = placed.filter(({ from }) => from >= 0)
  const swapped = new Set(outOfOrder(kept.filter(({ crossed }) => !crossed)))
  const gone = new Set(left)
  const moved = new Set(kept.map(({ from }) => from))
  const stayed = stays
    .filter(({ from }) => !gone.has(from))
    .map((stay) => ({ ...stay, at: stay.from - goneBefore(stay.from) + arrivedBefore(stay.from) }))
  return {
    removed: left.filter((place) => !moved.has(place)),
    inserted: placed.filter(({ from }) => from < 0).map(({ at, row }) => ({ at, row })),
    moved: kept.filter((one) => one.crossed || swapped.has(one)).map(({ from, to, row }) => ({ from, to, row })),
    updated: [...stayed, ...kept]
      .filter(({ before, row }) => before !== row)
      .sort((a, b) => a.at - b.at)
      .map(({ at, before, row }) => ({ at, before: before as Row, row })),
  }
}
