import { StoreError } from '../base/errors.ts'
import type { Binds, RowShape, SqlValue } from '../sqlite/driver.ts'
import { hex } from './identifier.ts'
import type { Pin } from './pins.ts'

/** A query, ready to run. */
export interface QueryPlan {
  readonly sql: string
  readonly binds: Binds
  /** Null: column names and values as stored. */
  readonly shape: RowShape | null
  /** `first`: a row or undefined; `value`: the first column of the only row, decoded. */
  readonly result: 'rows' | 'first' | 'value'
  /** Equal for two plans exactly when SQL, typed binds, result kind and decoding are equal. */
  readonly key: string
  /** Properties of a result row that tell it from all others: its primary key, when all of it is selected. */
  readonly identity: readonly string[] | null
  /** What rows matter, by column; each pin holds on its own. Null: any row of the tables read may matter. */
  readonly pins: readonly Pin[] | null
  readonly label: string | null
}

/** Has a plan; every query value of Livefold itself. */
export interface Plannable {
  /** @internal */
  toPlan(): QueryPlan
}

/** The parts of a plan; `decoding` tells shapes of the same SQL apart. */
export type PlanParts = Omit<QueryPlan, 'key' | 'label'> & { readonly decoding: string }

export function planFrom(parts: PlanParts): QueryPlan {
  const { sql, binds, shape, result, identity, pins, decoding } = parts
  const key = `${result} ${decoding}\n${bindsKey(binds)}\n${sql}`
  return { sql, binds, shape, result, key, identity, pins: pins?.length ? pins : null, label: null }
}

/** Text that is equal for equal typed binds alone: null is not 'null', 1 is not '1', and 1n is 1. */
export function bindsKey(binds: Binds): string {
  let key = ''
  for (const value of binds) key += `${bindKey(value)},`
  return key
}

function bindKey(value: SqlValue): string {
  switch (typeof value) {
    case 'string':
      // With its length, so that no text can look like the end of itself and the next bind.
      return `s${value.length}:${value}`
    case 'number':
      return Number.isSafeInteger(value) ? `i${value}` : `r${value}`
    case 'bigint':
      return `i${value}`
    default:
      return value === null ? 'n' : `b${hex(value)}`
  }
}

/** The error for what is not a query at all. */
export function notQuery(what: string): StoreError {
  return new StoreError(
    'query/invalid',
    `${what} is not a query: give a table, a builder value, queryDb(…), a tagged sql, computed(…), or a Kysely or Drizzle query`,
  )
}
