import { DEVELOPMENT } from '../base/development.ts'
import { StoreError } from '../base/errors.ts'
import type { Binds, Decode } from '../sqlite/driver.ts'
import type { Filter } from './filter.ts'
import { quoteName } from './identifier.ts'
import { type Plannable, PlannedQuery, QueryPlan, templateOf } from './query-plan.ts'
import type { SelectFrame } from './select-frame.ts'
import { type ColumnRef, refIn, type Scope } from './source.ts'

/** All rows that an aggregate is over. */
export interface Rows {
  readonly frame: SelectFrame
  readonly filter: Filter
  readonly values: Binds
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
export function aggregateQuery({ frame, filter, values }: Rows, kind: AggregateKind, column: unknown): Plannable {
  const { sql, decode, decoding, of } = new Aggregate(frame.scope, kind, column)
  return new PlannedQuery(() => {
    const template = templateOf({
      sql: `select ${sql} as ${quoteName(kind)} ${frame.from}${filter.sql}`.trimEnd(),
      shape: [{ name: kind, decode }],
      decoding,
      result: 'value',
      identity: null,
      pins: frame.joins.length > 0 ? [] : filter.pins,
      basis: frame.joins.length > 0 || of === null ? null : { frame, filter, of },
    })
    return new QueryPlan(template, values)
  })
}
