import { planOf } from './plan.ts'
import type { LocalOf, Query, ResultOf } from './query.ts'
import { QueryPlan } from './query-plan.ts'

/** A query with a name for the inspector and for error messages. */
export interface QueryDefinition<Result, Local extends boolean = never> extends Query<Result, Local> {
  readonly kind: 'query'
  readonly query: unknown
  readonly label: string | null
}

/** Reads another query while a `computed` evaluates, and makes the computed depend on it. */
export type Get = <Q>(query: Q) => ResultOf<Q>

/** A value derived from queries; evaluated when one of them changed. */
export interface ComputedDefinition<T> extends Query<T, never> {
  readonly kind: 'computed'
  evaluate(get: Get): T
  readonly label: string | null
}

/**
 * Gives a query a label. Throws `query/invalid` when it is not a query.
 *
 * @example
 * const open = queryDb(todos.where({ done: false }).orderBy('createdAt', 'desc').limit(100), { label: 'open' })
 */
export function queryDb<Q>(
  query: Q,
  options: { readonly label?: string } = {},
): QueryDefinition<ResultOf<Q>, LocalOf<Q>> {
  const plan = planOf(query)
  const label = options.label ?? plan.label
  const labelled = new QueryPlan(plan.template, plan.binds, label)
  return { kind: 'query', query, label, toPlan: () => labelled } as unknown as QueryDefinition<ResultOf<Q>, LocalOf<Q>>
}

export function isComputed(value: unknown): value is ComputedDefinition<unknown> {
  return (value as { kind?: unknown } | null | undefined)?.kind === 'computed'
}
