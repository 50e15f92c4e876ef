import type { Query } from './query.ts'
import type { ScopeTypes } from './rows.ts'
import type { ConditionCallback, Match, OperandOf, Operator } from './where.ts'

/** Inferred, as below, so that compilers spell the names out where one is wrong. */
export type Names<S extends ScopeTypes> = S extends { readonly columns: infer C } ? keyof C & string : never
export type NamesOf<S extends ScopeTypes, T> = S extends { readonly columns: infer C }
  ? { [K in keyof C & string]: NonNullable<C[K]> extends T ? K : never }[keyof C & string]
  : never
export type Value<S extends ScopeTypes, K> = K extends keyof S['columns'] ? S['columns'][K] : never
export type Exact<T> = { readonly [K in keyof T]: T[K] } & {}

export type Direction = 'asc' | 'desc'

/** What joins and groups are made of: a table, what is selected of one, or a join. */
export interface Scoped {
  // Types only: it does not exist at run time.
  readonly '~scope': ScopeTypes
}

/** A list of rows as a plain value; every method gives a new one. Always ordered, with the primary key last. */
export interface Select<S extends ScopeTypes, R, L extends boolean> extends Query<readonly R[], L>, Scoped {
  readonly '~scope': S
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
  where(match: Match<S['columns']> | ConditionCallback<S['columns']>): Select<S, R, L>
  where<K extends Names<S>, O extends Operator>(
    column: K,
    operator: O,
    value: OperandOf<Value<S, K>, O>,
  ): Select<S, R, L>
  /**
   * Picks columns, by name or under other names.
   *
   * @example
   * todos.select('id', 'title')
   * innerJoin(todos, lists, { listId: 'id' }).select({ title: 'todos.title', list: 'lists.name' })
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
}
