import { StoreError } from '../base/errors.ts'
import type { Decode, SqlValue } from '../sqlite/driver.ts'
import { allOf } from './condition.ts'
import { quoteName } from './identifier.ts'
import { pinsOf } from './pins.ts'
import { planFrom, type QueryPlan } from './query-plan.ts'
import { fromSql, whereSql } from './select-plan.ts'
import type { SelectState } from './select-state.ts'
import { type ColumnRef, refIn, type Scope } from './source.ts'

export type AggregateKind = 'count' | 'sum' | 'min' | 'max' | 'avg'

/** An aggregate function of a column: its SQL and how its value is decoded. */
export interface Aggregate {
  readonly sql: string
  readonly decode: Decode | null
  /** Tells apart what the same SQL gives for columns of different types. */
  readonly decoding: string
}

const made = new WeakSet<object>()

export function isAggregate(value: unknown): value is Aggregate {
  return typeof value === 'object' && value !== null && made.has(value)
}

/** Throws `query/invalid` for columns that do not add up. */
export function aggregateOf(scope: Scope, kind: AggregateKind, column: unknown): Aggregate {
  const aggregate =
    kind === 'count' ? { sql: 'count(*)', decode: null, decoding: 'count' } : ofColumn(kind, refIn(scope, column))
  made.add(aggregate)
  return aggregate
}

function ofColumn(kind: Exclude<AggregateKind, 'count'>, { text, column }: ColumnRef): Aggregate {
  const decoding = `${kind} ${column.type}`
  if (kind === 'min' || kind === 'max') return { sql: `${kind}(${text})`, decode: column.decode, decoding }
  if (column.type !== 'integer' && column.type !== 'real' && column.type !== 'bigint') {
    throw new StoreError(
      'query/invalid',
      `${kind} needs a column of numbers; ${column.table}.${column.name} is ${column.type}`,
    )
  }
  if (kind === 'avg') return { sql: `avg(${text})`, decode: null, decoding }
  // The sum of nothing is 0, not SQL's null.
  return {
    sql: `coalesce(sum(${text}), 0)`,
    decode: column.type === 'bigint' ? (value) => BigInt(value as number) : Number,
    decoding,
  }
}

/** One aggregate over all rows that match. */
export class AggregateQuery {
  readonly #state: SelectState
  readonly #name: string
  readonly #aggregate: Aggregate
  #plan: QueryPlan | null = null

  constructor(state: SelectState, name: string, aggregate: Aggregate) {
    this.#state = state
    this.#name = name
    this.#aggregate = aggregate
  }

  toPlan(): QueryPlan {
    this.#plan ??= this.#compile()
    return this.#plan
  }

  #compile(): QueryPlan {
    const { sql, decode, decoding } = this.#aggregate
    const binds: SqlValue[] = []
    const condition = allOf(this.#state.where)
    const where = whereSql(condition, binds)
    return planFrom({
      sql: `select ${sql} as ${quoteName(this.#name)} ${fromSql(this.#state)}${where}`.trimEnd(),
      binds,
      shape: [{ name: this.#name, decode }],
      decoding,
      result: 'value',
      identity: null,
      pins: this.#state.joins.length > 0 ? null : pinsOf(condition),
    })
  }
}
