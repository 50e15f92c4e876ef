import { hex } from '../base/bytes.ts'
import { StoreError } from '../base/errors.ts'
import type { Binds, RowShape, SqlValue } from '../sqlite/driver.ts'
import type { PinPlaces } from './condition.ts'
import type { Filter } from './filter.ts'
import type { SelectFrame } from './select-frame.ts'
import type { ColumnRef } from './source.ts'
import type { Window } from './window.ts'

/** What a query of one table reads row by row: enough to keep its result current by the rows that change. */
export interface Basis {
  readonly frame: SelectFrame
  /** The first `filter.size` values of a plan are its values. The limit, when the frame's rows have one, is the next. */
  readonly filter: Filter
  /**
   * What is made of the rows that match: those of a window in order, their number, or the sum of an integer column. The window's numbers
   * are values of the plan.
   */
  readonly of: Window | 'count' | ColumnRef
}

/** What all plans that differ in their values alone share; made once per form of a query. */
export interface QueryTemplate {
  readonly sql: string
  /** Null: column names and values as stored. */
  readonly shape: RowShape | null
  /** `first`: a row or undefined; `value`: the first column of the only row, decoded. */
  readonly result: 'rows' | 'first' | 'value'
  /** Properties of a result row that tell it from all others: its primary key, when all of it is selected. */
  readonly identity: readonly string[] | null
  readonly pins: readonly PinPlaces[]
  /** Null: such a result is only ever run again. */
  readonly basis: Basis | null
  /** Equal for two templates exactly when SQL, result kind and decoding are equal. */
  readonly key: string
}

/** `decoding` tells shapes of the same SQL apart. */
export function templateOf(parts: Omit<QueryTemplate, 'key'> & { readonly decoding: string }): QueryTemplate {
  const { decoding, ...template } = parts
  return { ...template, key: `${parts.result} ${decoding}\n${parts.sql}` }
}

/** Has a plan; every query value of Livefold itself. */
export interface Plannable {
  /** @internal */
  toPlan(): QueryPlan
}

/** A query, ready to run: what its form says, and its values. */
export class QueryPlan implements Plannable {
  readonly template: QueryTemplate
  readonly binds: Binds
  readonly label: string | null
  /** Kept here by `planHash` of the live queries. */
  hash: number | null = null

  constructor(template: QueryTemplate, binds: Binds, label: string | null = null) {
    this.template = template
    this.binds = binds
    this.label = label
  }

  get sql(): string {
    return this.template.sql
  }

  get shape(): RowShape | null {
    return this.template.shape
  }

  get result(): 'rows' | 'first' | 'value' {
    return this.template.result
  }

  get identity(): readonly string[] | null {
    return this.template.identity
  }

  toPlan(): QueryPlan {
    return this
  }

  /** Equal for two plans exactly when SQL, typed values, result kind and decoding are equal. */
  get key(): string {
    return `${this.template.key}\n${bindsKey(this.binds)}`
  }
}

/** The plan of hand-written SQL: rows as stored, of which nothing is known. */
export function sqlPlan(sql: string, binds: Binds): QueryPlan {
  const template = templateOf({
    sql,
    shape: null,
    decoding: '',
    result: 'rows',
    identity: null,
    pins: [],
    basis: null,
  })
  return new QueryPlan(template, binds)
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
