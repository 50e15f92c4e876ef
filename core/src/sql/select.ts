import type { Query } from './query.ts'
import type { Columns, JoinedRow, JoinScope, LeftJoinedRow, ScopeTypes } from './rows.ts'
import type { ConditionBuilder, ConditionOf, Match, OperandOf, Operator } from './where.ts'

type Names<S extends ScopeTypes> = keyof S['columns'] & string
type NamesOf<S extends ScopeTypes, T> = {
  [K in Names<S>]: NonNullable<S['columns'][K]> extends T ? K : never
}[Names<S>]
type Value<S extends ScopeTypes, K> = K extends keyof S['columns'] ? S['columns'][K] : never
type Exact<T> = { readonly [K in keyof T]: T[K] }

export type Direction = 'asc' | 'desc'

/** A table that a join can take: itself, or under another name (`as`). */
export interface JoinTarget<N extends string, C extends Columns, L extends boolean> {
  readonly '~name': N
  readonly '~columns': C
  readonly '~local': L
}

/** A list of rows as a plain value; every method gives a new one. Always ordered, with the primary key last. */
export interface Select<S extends ScopeTypes, R, L extends boolean> extends Query<readonly R[], L> {
  /**
   * Keeps rows for which the condition holds; several calls must all hold. Values are bound and checked against the
   * column. Throws `query/invalid` for unknown columns, values of the wrong type, and undefined.
   *
   * - an object: columns that equal a value, one of a list, or null
   * - column, operator, value
   * - a callback, for `or`, `and` and `not`
   *
   * @example
   * todos.where({ done: false, listId: ['a', 'b'] })
   * todos.where('createdAt', '<', day)
   * todos.where((is) => is.or({ done: true }, is('title', 'like', 'x%')))
   */
  where(match: Match<S['columns']>): Select<S, R, L>
  where<K extends Names<S>, O extends Operator>(
    column: K,
    operator: O,
    value: OperandOf<Value<S, K>, O>,
  ): Select<S, R, L>
  where(build: (is: ConditionBuilder<S['columns']>) => ConditionOf<S['columns']>): Select<S, R, L>
  /**
   * Picks columns, by name or under other names.
   *
   * @example
   * todos.select('id', 'title')
   * todos.innerJoin(lists, { listId: 'id' }).select({ title: 'todos.title', list: 'lists.name' })
   */
  select<K extends Names<S>>(...names: K[]): Select<S, Exact<Pick<S['columns'], K & keyof S['columns']>>, L>
  select<A extends Readonly<Record<string, Names<S>>>>(
    names: A,
  ): Select<S, { readonly [P in keyof A]: Value<S, A[P]> }, L>
  /**
   * Orders by a column, then by the next call's. Null comes first ascending; text by code point. Ties come in the order of the primary
   * key, in the direction of the last call, so that one index over the columns serves the whole order.
   *
   * @example
   * todos.orderBy('done').orderBy('createdAt', 'desc')
   */
  orderBy(column: Names<S>, direction?: Direction): Select<S, R, L>
  /**
   * At most so many rows.
   *
   * @example
   * todos.orderBy('createdAt', 'desc').limit(20)
   */
  limit(count: number): Select<S, R, L>
  /**
   * Leaves out so many rows at the start.
   *
   * @example
   * todos.limit(20).offset(40)
   */
  offset(count: number): Select<S, R, L>
  /**
   * The first row, or undefined.
   *
   * @example
   * const one = (id: string) => todos.where({ id }).first()
   */
  first(): Query<R | undefined, L>
  /**
   * How many rows match.
   *
   * @example
   * todos.where({ done: false }).count()
   */
  count(): Query<number, L>
  /**
   * Sum of a column of numbers; 0 when no row matches.
   *
   * @example
   * orders.where({ paid: true }).sum('cents')
   */
  sum<K extends NamesOf<S, number | bigint>>(column: K): Query<NonNullable<Value<S, K>>, L>
  /**
   * Smallest value of a column; null when there is none.
   *
   * @example
   * todos.min('createdAt')
   */
  min<K extends Names<S>>(column: K): Query<Value<S, K> | null, L>
  /**
   * Largest value of a column; null when there is none.
   *
   * @example
   * todos.max('createdAt')
   */
  max<K extends Names<S>>(column: K): Query<Value<S, K> | null, L>
  /**
   * Average of a column of numbers; null when no row matches.
   *
   * @example
   * readings.avg('celsius')
   */
  avg(column: NamesOf<S, number | bigint>): Query<number | null, L>
  /**
   * One row for each combination of values of these columns; say with `aggregate` what of each group.
   *
   * @example
   * todos.groupBy('listId').aggregate((of) => ({ n: of.count(), latest: of.max('createdAt') })).orderBy('n', 'desc')
   */
  groupBy<K extends Names<S>>(...columns: K[]): Grouped<S, K, L>
  /**
   * Rows with their match in another table; rows without one are left out. From here on, columns are named with their
   * table (`todos.title`). `on`: columns of what stands left, and the columns of `table` they equal.
   *
   * @example
   * todos.innerJoin(lists, { listId: 'id' }).where({ 'lists.archived': false }).select({ title: 'todos.title', list: 'lists.name' })
   */
  innerJoin<N extends string, C extends Columns, M extends boolean>(
    table: JoinTarget<N, C, M>,
    on: { readonly [K in Names<S>]?: keyof C & string },
  ): Select<JoinScope<S, JoinedRow<N, C>>, JoinScope<S, JoinedRow<N, C>>['columns'], L | M>
  /**
   * Rows with their match in another table; its columns are null where there is none.
   *
   * @example
   * todos.leftJoin(lists, { listId: 'id' }).select({ title: 'todos.title', list: 'lists.name' })
   */
  leftJoin<N extends string, C extends Columns, M extends boolean>(
    table: JoinTarget<N, C, M>,
    on: { readonly [K in Names<S>]?: keyof C & string },
  ): Select<JoinScope<S, LeftJoinedRow<N, C>>, JoinScope<S, LeftJoinedRow<N, C>>['columns'], L | M>
}

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
   * todos.groupBy('listId').aggregate((of) => ({ n: of.count() }))
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
   * todos.groupBy('listId').aggregate((of) => ({ n: of.count() })).orderBy('n', 'desc')
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
