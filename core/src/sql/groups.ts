import { DEVELOPMENT } from '../base/development.ts'
import { StoreError } from '../base/errors.ts'
import { Aggregate, aggregateKinds, type Rows } from './aggregate.ts'
import { quoteName } from './identifier.ts'
import { type Plannable, QueryPlan, templateOf } from './query-plan.ts'
import type { Selected } from './select-frame.ts'
import { checkedCount, everything, isDescending, type Window, windowSql, windowValues } from './window.ts'

/** A select with its groups named, waiting for its aggregates. */
export class GroupedQuery {
  readonly #rows: Rows
  readonly #groups: readonly Selected[]

  constructor(rows: Rows, groups: readonly Selected[]) {
    this.#rows = rows
    this.#groups = groups
  }

  aggregate(build: (builder: unknown) => Readonly<Record<string, unknown>>): GroupsQuery {
    const { scope } = this.#rows.frame
    const of = (kind: (typeof aggregateKinds)[number]) => (column: unknown) => new Aggregate(scope, kind, column)
    const built = build(Object.fromEntries(aggregateKinds.map((kind) => [kind, of(kind)])))
    const groups = this.#groups.map(({ name, ref }) => ({
      name,
      sql: ref.text,
      decode: ref.column.decode,
      decoding: ref.column.type,
    }))
    const aggregates = Object.entries(built).map(([name, aggregate]) => {
      if (DEVELOPMENT && !(aggregate instanceof Aggregate))
        throw invalid(`${scope.title}.aggregate: ${name} is not made by the callback's argument`)
      if (DEVELOPMENT && groups.some((group) => group.name === name))
        throw invalid(`${scope.title}.aggregate: ${name} is a group already; name it otherwise`)
      const { sql, decode, decoding } = aggregate as Aggregate
      return { name, sql, decode, decoding }
    })
    return new GroupsQuery({ rows: this.#rows, groups: groups.length, columns: [...groups, ...aggregates], orders: [] })
  }
}

interface GroupsState {
  readonly rows: Rows
  /** The first so many columns are what rows are grouped by. */
  readonly groups: number
  readonly columns: readonly (Pick<Aggregate, 'sql' | 'decode' | 'decoding'> & { readonly name: string })[]
  /** Terms of the ORDER BY: places of columns, since no name can be mistaken for another column's then. */
  readonly orders: readonly string[]
}

/** One row a group. */
export class GroupsQuery implements Plannable {
  readonly #state: GroupsState
  readonly #window: Window
  #plan: QueryPlan | null = null

  constructor(state: GroupsState, window: Window = everything) {
    this.#state = state
    this.#window = window
  }

  orderBy(name: unknown, direction: unknown = 'asc'): GroupsQuery {
    const names = this.#state.columns.map((column) => column.name)
    const descending = isDescending(direction)
    const place = names.indexOf(name as string) + 1
    if (place === 0) throw invalid(`these groups have no column ${JSON.stringify(name)}; they have ${names.join(', ')}`)
    const orders = [...this.#state.orders, descending ? `${place} desc` : `${place}`]
    return new GroupsQuery({ ...this.#state, orders }, this.#window)
  }

  limit(count: unknown): GroupsQuery {
    return this.#windowed({ limit: checkedCount(count, 'limit') })
  }

  offset(count: unknown): GroupsQuery {
    return this.#windowed({ offset: checkedCount(count, 'offset') })
  }

  first(): GroupsQuery {
    return this.#windowed({ first: true })
  }

  toPlan(): QueryPlan {
    this.#plan ??= this.#compile()
    return this.#plan
  }

  #windowed(change: Partial<Window>): GroupsQuery {
    return new GroupsQuery(this.#state, { ...this.#window, ...change })
  }

  #compile(): QueryPlan {
    const { rows, columns, orders } = this.#state
    const { frame, filter, values } = rows
    const window = this.#window
    const groups = columns.slice(0, this.#state.groups)
    const list = columns.map(({ name, sql }) => `${sql} as ${quoteName(name)}`).join(', ')
    const by = groups.map(({ sql }) => sql).join(', ')
    // The groups themselves settle ties.
    const order = [...orders, ...groups.map((_, i) => `${i + 1}`)].join(', ')
    const template = templateOf({
      sql: `select ${list} ${frame.from}${filter.sql}group by ${by} order by ${order}${windowSql(window)}`,
      shape: columns.map(({ name, decode }) => ({ name, decode })),
      decoding: columns.map(({ decoding }) => decoding).join(),
      result: window.first ? 'first' : 'rows',
      identity: groups.map(({ name }) => name),
      pins: frame.joined ? [] : filter.pins,
      basis: null,
    })
    return new QueryPlan(template, [...values, ...windowValues(window)])
  }
}

function invalid(message: string): StoreError {
  return new StoreError('query/invalid', message)
}
