import { StoreError } from '../base/errors.ts'
import { type Aggregate, type AggregateKind, AggregateQuery, aggregateOf } from './aggregate.ts'
import { GroupedQuery } from './groups.ts'
import type { QueryPlan } from './query-plan.ts'
import { planSelect } from './select-plan.ts'
import { checkedCount, type Join, type SelectState, withCondition } from './select-state.ts'
import { joinedScope, refIn, type Source } from './source.ts'
import { conditionFrom } from './where.ts'

/** A select as a plain value: every method gives a new one. Its types are in `Select`. */
export class SelectQuery {
  readonly #state: SelectState
  readonly #result: 'rows' | 'first'
  #plan: QueryPlan | null = null

  constructor(state: SelectState, result: 'rows' | 'first' = 'rows') {
    this.#state = state
    this.#result = result
  }

  /** Where this stands in the FROM of a join. @internal */
  get source(): Source {
    return this.#state.source
  }

  where(...args: readonly unknown[]): SelectQuery {
    return this.#with({ where: withCondition(this.#state.where, conditionFrom(this.#state.scope, args)) })
  }

  select(...names: readonly unknown[]): SelectQuery {
    const [first] = names
    const pairs =
      typeof first === 'object' && first !== null ? Object.entries(first) : names.map((name) => [name as string, name])
    if (pairs.length === 0) throw new StoreError('query/invalid', `${this.#state.scope.title}.select names no column`)
    return this.#with({
      selected: pairs.map(([name, column]) => ({ name: name as string, ref: refIn(this.#state.scope, column) })),
    })
  }

  orderBy(column: unknown, direction: unknown = 'asc'): SelectQuery {
    if (direction !== 'asc' && direction !== 'desc') {
      throw new StoreError('query/invalid', `orderBy takes 'asc' or 'desc', not ${String(direction)}`)
    }
    const ref = refIn(this.#state.scope, column)
    if (this.#state.orders.some((order) => order.ref === ref)) return this
    return this.#with({ orders: [...this.#state.orders, { ref, descending: direction === 'desc' }] })
  }

  limit(count: unknown): SelectQuery {
    return this.#with({ limit: checkedCount(count, 'limit') })
  }

  offset(count: unknown): SelectQuery {
    return this.#with({ offset: checkedCount(count, 'offset') })
  }

  first(): SelectQuery {
    return new SelectQuery(this.#state, 'first')
  }

  count(): AggregateQuery {
    return this.#aggregate('count', null)
  }

  sum(column: unknown): AggregateQuery {
    return this.#aggregate('sum', column)
  }

  min(column: unknown): AggregateQuery {
    return this.#aggregate('min', column)
  }

  max(column: unknown): AggregateQuery {
    return this.#aggregate('max', column)
  }

  avg(column: unknown): AggregateQuery {
    return this.#aggregate('avg', column)
  }

  groupBy(...columns: readonly unknown[]): GroupedQuery {
    this.#refuseLimit('groupBy')
    const groups = columns.map((name) => ({ name: name as string, ref: refIn(this.#state.scope, name) }))
    if (groups.length === 0) throw new StoreError('query/invalid', `${this.#state.scope.title}.groupBy names no column`)
    return new GroupedQuery(this.#state, groups)
  }

  innerJoin(other: SelectQuery, on: Readonly<Record<string, unknown>>): SelectQuery {
    return this.#join('inner', other, on)
  }

  leftJoin(other: SelectQuery, on: Readonly<Record<string, unknown>>): SelectQuery {
    return this.#join('left', other, on)
  }

  toPlan(): QueryPlan {
    this.#plan ??= planSelect(this.#state, this.#result)
    return this.#plan
  }

  #with(change: Partial<SelectState>): SelectQuery {
    return new SelectQuery({ ...this.#state, ...change }, this.#result)
  }

  #aggregate(kind: AggregateKind, column: unknown): AggregateQuery {
    this.#refuseLimit(kind)
    const aggregate: Aggregate = aggregateOf(this.#state.scope, kind, column)
    return new AggregateQuery(this.#state, kind, aggregate)
  }

  #refuseLimit(what: string): void {
    if (this.#state.limit === null && this.#state.offset === null) return
    throw new StoreError(
      'query/invalid',
      `${this.#state.scope.title}: ${what} takes all rows; leave out limit and offset, or use a tagged sql`,
    )
  }

  #join(kind: Join['kind'], other: SelectQuery, on: Readonly<Record<string, unknown>>): SelectQuery {
    const { source, joins, scope, selected } = this.#state
    const right = other.source
    const sources = [source, ...joins.map((join) => join.source), right]
    if (sources.filter((one) => one.alias.toLowerCase() === right.alias.toLowerCase()).length > 1) {
      throw new StoreError(
        'query/invalid',
        `"${right.alias}" stands twice in one join: give it another name, with as('…')`,
      )
    }
    if (selected)
      throw new StoreError(
        'query/invalid',
        `join ${right.alias} before select: the names of columns change with a join`,
      )
    const rightScope = { title: right.alias, refs: right.refs }
    const pairs = Object.entries(on).map(([left, name]) => [refIn(scope, left), refIn(rightScope, name)] as const)
    if (pairs.length === 0)
      throw new StoreError('query/invalid', `the join with ${right.alias} names no columns to join on`)
    return this.#with({ joins: [...joins, { kind, source: right, on: pairs }], scope: joinedScope(sources) })
  }
}
