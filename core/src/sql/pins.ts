import type { SqlValue } from '../sqlite/driver.ts'
import type { PinPlaces } from './condition.ts'

/** Rows of `table` matter only if `column` is one of `values` (stored form), before or after a change. */
export interface Pin {
  readonly table: string
  readonly column: string
  readonly values: readonly SqlValue[]
}

/** The pins of a query with its values; null when it has none. */
export function pinsOf(pins: readonly PinPlaces[], values: readonly SqlValue[]): readonly Pin[] | null {
  // Bytes have no cheap equality to index by.
  const indexed = pins.filter(({ ref }) => ref.column.type !== 'blob')
  if (indexed.length === 0) return null
  return indexed.map(({ ref, places }) => {
    const held = places.map((place) => (place === null ? null : (values[place] as SqlValue)))
    return {
      table: ref.column.table,
      column: ref.column.name,
      values: held.length < 2 ? held : [...new Set(held)],
    }
  })
}
