import { DEVELOPMENT } from '../base/development.ts'
import { StoreError } from '../base/errors.ts'
import { Filter } from './filter.ts'
import type { LocalOf } from './query.ts'
import type { Columns, JoinedRow, JoinScope, LeftJoinedRow, ScopeTypes, TableScope } from './rows.ts'
import type { Names, NamesOf, Scoped, Select, Value } from './select.ts'
import { SelectQuery } from './select-query.ts'
import { type ColumnRef, refIn, type Scope, type Source } from './source.ts'

/** A table that a join can take: itself, or under another name (`as`). */
export interface JoinTarget<N extends string, C extends Columns, L extends boolean> {
  readonly '~name': N
  readonly '~columns': C
  readonly '~local': L
}

type AnyTarget = JoinTarget<string, Columns, boolean>

/** Columns of what stands left, and the columns of the table they equal: of one type, since others never do. */
type JoinColumns<A extends Scoped, B extends AnyTarget> = {
  readonly [K in Names<A['~scope']>]?: NamesOf<
    TableScope<B['~name'], B['~columns']>,
    NonNullable<Value<A['~scope'], K>>
  >
} & {}

type Joined<S extends ScopeTypes, L extends boolean> = Select<S, S['columns'], L>

/**
 * Rows with their match in another table; rows without one are left out. From here on, columns are named with their
 * table (`todos.title`). `on`: columns of what stands left, and the columns of `table` they equal.
 * Throws `query/invalid` for unknown columns; in development also for one name twice, and when there is none to join on.
 *
 * @example
 * innerJoin(todos, lists, { listId: 'id' }).where({ 'lists.archived': false }).select({ title: 'todos.title', list: 'lists.name' })
 */
export function innerJoin<A extends Scoped, B extends AnyTarget>(
  query: A,
  table: B,
  on: JoinColumns<A, B>,
): Joined<JoinScope<A['~scope'], JoinedRow<B['~name'], B['~columns']>>, LocalOf<A> | B['~local']> {
  return join('inner', query, table, on) as never
}

/**
 * Rows with their match in another table; its columns are null where there is none. Otherwise like `innerJoin`.
 *
 * @example
 * leftJoin(todos, lists, { listId: 'id' }).select({ title: 'todos.title', list: 'lists.name' })
 */
export function leftJoin<A extends Scoped, B extends AnyTarget>(
  query: A,
  table: B,
  on: JoinColumns<A, B>,
): Joined<JoinScope<A['~scope'], LeftJoinedRow<B['~name'], B['~columns']>>, LocalOf<A> | B['~local']> {
  return join('left', query, table, on) as never
}

function join(kind: 'inner' | 'left', query: unknown, table: unknown, on: Readonly<Record<string, unknown>>) {
  const { frame, filter, values, window } = query as SelectQuery
  const right = (table as SelectQuery).frame.source
  if (DEVELOPMENT) {
    if (frame.sources.some((one) => one.title.toLowerCase() === right.title.toLowerCase()))
      throw invalid(`"${right.title}" stands twice in one join: give it another name, with as('…')`)
    if (frame.selected) throw invalid(`join ${right.title} before select: the names of columns change with a join`)
  }
  const pairs = Object.entries(on).map(
    ([left, name]) => `${refIn(frame.scope, left).text} = ${refIn(right, name).text}`,
  )
  if (DEVELOPMENT && pairs.length === 0) throw invalid(`the join with ${right.title} names no columns to join on`)
  const sources = [...frame.sources, right]
  const scope = scopeOf(sources)
  const from = `${frame.from}${kind} join ${right.from} on ${pairs.join(' and ')} `
  return new SelectQuery(frame.with({ from, sources, scope }), new Filter(scope, filter.form, false), values, window)
}

/** The names of a join have their table before them: `todos.title`. */
function scopeOf(sources: readonly Source[]): Scope {
  const refs = new Map<string, ColumnRef>()
  for (const source of sources) for (const [name, ref] of source.refs) refs.set(`${source.title}.${name}`, ref)
  return { title: sources.map((source) => source.title).join(' join '), refs }
}

function invalid(message: string): StoreError {
  return new StoreError('query/invalid', message)
}
