import { DEVELOPMENT } from '../base/development.ts'
import { StoreError } from '../base/errors.ts'
import type { Binds, Decode } from '../sqlite/driver.ts'
import type { Filter } from './filter.ts'
import { quoteName } from './identifier.ts'
import { QueryPlan, templateOf } from './query-plan.ts'
import type { SelectFrame } from './select-frame.ts'
import { type ColumnRef, refIn, type Scope } from './source.ts'
import type { Window } from './window.ts'

/** The rows of a select: what aggregates, groups and joins are made of. */
export interface Rows {
  readonly frame: SelectFrame
  readonly filter: Filter
  /** Of the filter. */
  readonly values: Binds
  readonly window: Window
}

/** An aggregate is over all rows. Throws `query/invalid` when only some are asked for. */
export function refuseWindow({ frame, window }: Rows, what: string): void {
  if (window.limit === null && window.offset === null) return
  throw new StoreError(
    'query/invalid',
    `${frame.scope.title}: ${what} takes all rows; leave out limit and offset, or use a tagged sql`,
  )
}

export const aggregateKinds = ['count', 'sum', 'min', 'max', 'avg'] as const
export type AggregateKind = (typeof aggregateKinds)[number]

/** An aggregate function of a column: its SQL and how its value is decoded. */
export class Aggregate {
  readonly sql: string
  readonly decode: Decode | null
  /** Tells apart what the same SQL gives for columns of different types. */
  readonly decoding: string
  /** What can be kept current by the rows that change; null: only by running it again. */
  readonly of: 'count' | ColumnRef | null = null

  /** Throws `query/invalid` for columns that do not add up. */
  constructor(scope: Scope, kind: AggregateKind, name: unknown) {
    this.decode = null
    this.decoding = kind
    if (kind === 'count') {
      this.sql = 'count(*)'
      this.of = 'count'
      return
    }
    const ref = refIn(scope, name)
    const { text, column } = ref
    const { type } = column
    this.decoding = `${kind} ${type}`
    this.sql = `${kind}(${text})`
    if (kind === 'min' || kind === 'max') {
      this.decode = column.decode
      return
    }
    if (DEVELOPMENT && type !== 'integer' && type !== 'real' && type !== 'bigint') {
      throw new StoreError(
        'query/invalid',
        `${kind} needs a column of numbers; ${column.table}.${column.name} is ${type}`,
      )
    }
    if (kind === 'avg') return
    // The sum of nothing is 0, not SQL's null.
    this.sql = `coalesce(${this.sql}, 0)`
    // Sums of doubles depend on their order, and those of 64-bit integers may overflow on the way.
    if (type === 'integer') this.of = ref
    this.decode = type === 'bigint' ? (value) => BigInt(value as number) : Number
  }
}

/** One aggregate over all rows that match. */
export function aggregateQuery(rows: Rows, kind: AggregateKind, column: unknown): QueryPlan {
  if (DEVELOPMENT) refuseWindow(rows, kind)
  const { frame, filter, values } = rows
  const { sql, decode, decoding, of } = new Aggregate(frame.scope, kind, column)
  const template = templateOf({
    sql: `select ${sql} as ${quoteName(kind)} ${frame.from}${filter.sql}`.trimEnd(),
    shape: [{ name: kind, decode }],
    decoding,
    result: 'value',
    identity: null,
    pins: frame.joined ? [] : filter.pins,
    basis: frame.joined || of === null ? null : { frame, filter, of },
  })
  return new QueryPlan(template, values)
}
