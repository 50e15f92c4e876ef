import { DEVELOPMENT } from '../base/development.ts'
import { StoreError } from '../base/errors.ts'
import { refuseWindow } from './aggregate.ts'
import { GroupedQuery } from './groups.ts'
import type { LocalOf, Query } from './query.ts'
import type { ScopeTypes } from './rows.ts'
import type { Direction, Exact, Names, NamesOf, Scoped, Value } from './select.ts'
import type { SelectQuery } from './select-query.ts'
import { refIn } from './source.ts'

declare const aggregateType: unique symbol

/** An aggregate function within `aggregate`. */
export interface AggregateOf<T> {
  readonly [aggregateType]: () => T
}

/** What the callback of `aggregate` is given. */
export interface AggregateBuilder<S extends ScopeTypes> {
  count(): AggregateOf<number>
  sum<K extends NamesOf<S, number | bigint>>(column: K): AggregateOf<NonNullable<Value<S, K>>>
  min<K extends Names<S>>(column: K): AggregateOf<Value<S, K> | null>
  max<K extends Names<S>>(column: K): AggregateOf<Value<S, K> | null>
  avg(column: NamesOf<S, number | bigint>): AggregateOf<number | null>
}

/** A select with its groups named, waiting for its aggregates. */
export interface Grouped<S extends ScopeTypes, K, L extends boolean> {
  /**
   * Says what each group's row holds beside its group columns.
   *
   * @example
   * groupBy(todos, 'listId').aggregate((of) => ({ n: of.count() }))
   */
  aggregate<A extends Readonly<Record<string, AggregateOf<unknown>>>>(
    build: (of: AggregateBuilder<S>) => A,
  ): Groups<GroupRow<S, K, A>, L>
}

type GroupRow<S extends ScopeTypes, K, A> = Exact<
  { [P in K & keyof S['columns']]: S['columns'][P] } & {
    [P in keyof A]: A[P] extends AggregateOf<infer T> ? T : never
  }
>

/** One row a group, in the order of the groups unless `orderBy` says otherwise. */
export interface Groups<R, L extends boolean> extends Query<readonly R[], L> {
  /**
   * Orders by a group column or an aggregate, then by the next call's.
   *
   * @example
   * groupBy(todos, 'listId').aggregate((of) => ({ n: of.count() })).orderBy('n', 'desc')
   */
  orderBy(name: keyof R & string, direction?: Direction): Groups<R, L>
  /**
   * At most so many groups.
   *
   * @example
   * perList.orderBy('n', 'desc').limit(10)
   */
  limit(count: number): Groups<R, L>
  /**
   * Leaves out so many groups at the start.
   *
   * @example
   * perList.limit(10).offset(10)
   */
  offset(count: number): Groups<R, L>
  /**
   * The first group, or undefined.
   *
   * @example
   * perList.orderBy('n', 'desc').first()
   */
  first(): Query<R | undefined, L>
}

/**
 * One row for each combination of values of some columns; say with `aggregate` what of each group.
 * Throws `query/invalid` for unknown columns; in development also for none, and for rows with a limit or offset.
 *
 * @example
 * groupBy(todos.where({ done: false }), 'listId')
 *   .aggregate((of) => ({ n: of.count(), latest: of.max('createdAt') }))
 *   .orderBy('n', 'desc')
 */
export function groupBy<Q extends Scoped, const K extends Names<Q['~scope']>>(
  query: Q,
  ...columns: K[]
): Grouped<Q['~scope'], K, LocalOf<Q>> {
  const rows = query as unknown as SelectQuery
  const { scope } = rows.frame
  if (DEVELOPMENT) {
    refuseWindow(rows, 'groupBy')
    if (columns.length === 0) throw new StoreError('query/invalid', `groupBy of ${scope.title} names no column`)
  }
  const groups = columns.map((name) => ({ name, ref: refIn(scope, name) }))
  return new GroupedQuery(rows, groups) as unknown as Grouped<Q['~scope'], K, LocalOf<Q>>
}
