import type { Row } from '../sqlite/driver.ts'
import type { ListDelta } from './list-delta.ts'

/** One value of a maintained list: its array is made when somebody reads it. Another value is another edition. */
export abstract class Edition {
  abstract readonly length: number
  /** Null for an edition that nobody read before the next one came. */
  abstract readonly rows: readonly Row[] | null
  /** Whether a later edition has the same rows, which it may when there were others between. */
  abstract sameAs(later: Edition): boolean
  /** How this came out of the edition before it; null where others were between. */
  abstract deltaFrom(before: Edition): ListDelta<Row> | null
}

/** What readers of a query get for what it holds. */
export function rowsOf(value: unknown): unknown {
  return value instanceof Edition ? value.rows : value
}
