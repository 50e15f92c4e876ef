import type { SqlValue } from '../sqlite/driver.ts'
import type { QueryPlan } from './query-plan.ts'

/** Rows of `table` matter only if `column` is one of `values` (stored form), before or after a change. */
export interface Pin {
  readonly table: string
  readonly column: string
  readonly values: readonly SqlValue[]
}

/** What rows matter to a query, by column; each pin holds on its own. Null: any row of the tables read may matter. */
export function pinsOf({ template, binds }: QueryPlan): readonly Pin[] | null {
  // Bytes have no cheap equality to index by.
  const indexed = template.pins.filter(({ ref }) => ref.column.type !== 'blob')
  if (indexed.length === 0) return null
  return indexed.map(({ ref, places }) => {
    const held = places.map((place) => (place === null ? null : (binds[place] as SqlValue)))
    return {
      table: ref.column.table,
      column: ref.column.name,
      values: held.length < 2 ? held : [...new Set(held)],
    }
  })
}
