import { StoreError } from '../base/errors.ts'
import type { Table } from '../schema/table-structure.ts'
import type { Condition } from './condition.ts'
import { type ColumnRef, plainScope, type Scope, type Source, sourceOf } from './source.ts'

export interface Order {
  readonly ref: ColumnRef
  readonly descending: boolean
}

export interface Join {
  readonly kind: 'inner' | 'left'
  readonly source: Source
  /** Pairs that must be equal: a column of what stands left, a column of `source`. */
  readonly on: readonly (readonly [ColumnRef, ColumnRef])[]
}

/** A result column: its property name and where it comes from. */
export interface Selected {
  readonly name: string
  readonly ref: ColumnRef
}

/** What a select says; never changed, only copied. */
export interface SelectState {
  readonly source: Source
  readonly joins: readonly Join[]
  readonly scope: Scope
  /** All must hold. */
  readonly where: readonly Condition[]
  /** Null: every column of the scope. */
  readonly selected: readonly Selected[] | null
  readonly orders: readonly Order[]
  readonly limit: number | null
  readonly offset: number | null
}

export function stateOf(table: Table, alias: string = table.name): SelectState {
  const source = sourceOf(table, alias)
  return {
    source,
    joins: [],
    scope: plainScope(source),
    where: [],
    selected: null,
    orders: [],
    limit: null,
    offset: null,
  }
}

/** Adds a condition; an `and` adds its parts, so that pins and keys are found at the top. */
export function withCondition(conditions: readonly Condition[], more: Condition): readonly Condition[] {
  return more.kind === 'and' ? [...conditions, ...more.parts] : [...conditions, more]
}

/** A row count. Throws `query/invalid` for anything but 0, 1, 2 … */
export function checkedCount(value: unknown, what: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number
  throw new StoreError('query/invalid', `${what} takes a count of rows (0, 1, 2 …), not ${String(value)}`)
}

/** Tie-breakers: the keys of all tables, less what is ordered by already. */
export function keyOrder(state: SelectState): readonly ColumnRef[] {
  const keys = [state.source, ...state.joins.map((join) => join.source)].flatMap((source) => source.key)
  return keys.filter((ref) => !state.orders.some((order) => order.ref === ref))
}

export function selectedColumns(state: SelectState): readonly Selected[] {
  return state.selected ?? [...state.scope.refs].map(([name, ref]) => ({ name, ref }))
}
