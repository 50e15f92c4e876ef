import { StoreError } from '../base/errors.ts'
import type { SqlValue } from '../sqlite/driver.ts'
import { type Aggregate, type AggregateKind, aggregateOf, isAggregate } from './aggregate.ts'
import { allOf } from './condition.ts'
import { quoteName } from './identifier.ts'
import { pinsOf } from './pins.ts'
import { planFrom, type QueryPlan } from './query-plan.ts'
import { fromSql, limitSql, whereSql } from './select-plan.ts'
import { checkedCount, type Selected, type SelectState } from './select-state.ts'

/** A select with its groups named, waiting for its aggregates. */
export class GroupedQuery {
  readonly #state: SelectState
  readonly #groups: readonly Selected[]

  constructor(state: SelectState, groups: readonly Selected[]) {
    this.#state = state
    this.#groups = groups
  }

  aggregate(build: (builder: unknown) => Readonly<Record<string, unknown>>): GroupsQuery {
    const { scope } = this.#state
    const over = (kind: AggregateKind) => (column: unknown) => aggregateOf(scope, kind, column)
    const built = build({
      count: over('count'),
      sum: over('sum'),
      min: over('min'),
      max: over('max'),
      avg: over('avg'),
    })
    const aggregates = Object.entries(built).map(([name, aggregate]) => {
      if (!isAggregate(aggregate))
        throw invalid(`${scope.title}.aggregate: ${name} is not made by the callback's argument`)
      if (this.#groups.some((group) => group.name === name))
        throw invalid(`${scope.title}.aggregate: ${name} is a group already; name it otherwise`)
      return { name, aggregate }
    })
    return new GroupsQuery(
      { select: this.#state, groups: this.#groups, aggregates, orders: [], limit: null, offset: null },
      'rows',
    )
  }
}

interface GroupsState {
  readonly select: SelectState
  readonly groups: readonly Selected[]
  readonly aggregates: readonly { readonly name: string; readonly aggregate: Aggregate }[]
  readonly orders: readonly { readonly place: number; readonly descending: boolean }[]
  readonly limit: number | null
  readonly offset: number | null
}

/** One row a group. */
export class GroupsQuery {
  readonly #state: GroupsState
  readonly #result: 'rows' | 'first'
  #plan: QueryPlan | null = null

  constructor(state: GroupsState, result: 'rows' | 'first') {
    this.#state = state
    this.#result = result
  }

  orderBy(name: unknown, direction: unknown = 'asc'): GroupsQuery {
    if (direction !== 'asc' && direction !== 'desc')
      throw invalid(`orderBy takes 'asc' or 'desc', not ${String(direction)}`)
    const names = [...this.#state.groups, ...this.#state.aggregates].map((column) => column.name)
    const place = names.indexOf(name as string) + 1
    if (place === 0) throw invalid(`these groups have no column ${JSON.stringify(name)}; they have ${names.join(', ')}`)
    return this.#with({ orders: [...this.#state.orders, { place, descending: direction === 'desc' }] })
  }

  limit(count: unknown): GroupsQuery {
    return this.#with({ limit: checkedCount(count, 'limit') })
  }

  offset(count: unknown): GroupsQuery {
    return this.#with({ offset: checkedCount(count, 'offset') })
  }

  first(): GroupsQuery {
    return new GroupsQuery(this.#state, 'first')
  }

  toPlan(): QueryPlan {
    this.#plan ??= this.#compile()
    return this.#plan
  }

  #with(change: Partial<GroupsState>): GroupsQuery {
    return new GroupsQuery({ ...this.#state, ...change }, this.#result)
  }

  #compile(): QueryPlan {
    const { select, groups, aggregates, orders } = this.#state
    const binds: SqlValue[] = []
    const condition = allOf(select.where)
    const where = whereSql(condition, binds)
    const list = [
      ...groups.map(({ name, ref }) => `${ref.text} as ${quoteName(name)}`),
      ...aggregates.map(({ name, aggregate }) => `${aggregate.sql} as ${quoteName(name)}`),
    ]
    // By place: no name can be mistaken for another column's. The groups themselves settle ties.
    const order = [
      ...orders.map(({ place, descending }) => `${place}${descending ? ' desc' : ''}`),
      ...groups.map((_, i) => `${i + 1}`),
    ]
    const by = `group by ${groups.map(({ ref }) => ref.text).join(', ')} order by ${order.join(', ')}`
    return planFrom({
      sql: `select ${list.join(', ')} ${fromSql(select)}${where}${by}${limitSql(this.#state, this.#result, binds)}`,
      binds,
      shape: [
        ...groups.map(({ name, ref }) => ({ name, decode: ref.column.decode })),
        ...aggregates.map(({ name, aggregate }) => ({ name, decode: aggregate.decode })),
      ],
      decoding: [
        ...groups.map(({ ref }) => ref.column.type),
        ...aggregates.map(({ aggregate }) => aggregate.decoding),
      ].join(),
      result: this.#result,
      identity: groups.map(({ name }) => name),
      pins: select.joins.length > 0 ? null : pinsOf(condition),
    })
  }
}

function invalid(message: string): StoreError {
  return new StoreError('query/invalid', message)
}
