import { DEVELOPMENT } from '../base/development.ts'
import { StoreError } from '../base/errors.ts'
import type { Binds } from '../sqlite/driver.ts'
import { type AggregateKind, aggregateQuery } from './aggregate.ts'
import { Filter } from './filter.ts'
import { GroupedQuery } from './groups.ts'
import { type Plannable, QueryPlan } from './query-plan.ts'
import type { Join, SelectFrame } from './select-frame.ts'
import { refIn, type Source, scopeOf } from './source.ts'
import { checkedCount, everything, isDescending, onlyFirst, type Window, windowValues } from './window.ts'

/** A select as a plain value: every method gives a new one. Its types are in `Select`. */
export class SelectQuery implements Plannable {
  readonly #frame: SelectFrame
  readonly #filter: Filter
  /** Of the filter. */
  readonly #values: Binds
  readonly #window: Window
  #plan: QueryPlan | null = null

  constructor(
    frame: SelectFrame,
    filter: Filter = new Filter(frame.scope),
    values: Binds = [],
    window: Window = everything,
  ) {
    this.#frame = frame
    this.#filter = filter
    this.#values = values
    this.#window = window
  }

  /** Where this stands in the FROM of a join. @internal */
  get source(): Source {
    return this.#frame.source
  }

  where(...args: readonly unknown[]): SelectQuery {
    const { filter, values } = this.#filter.narrow(args, this.#values)
    return new SelectQuery(this.#frame, filter, values, this.#window)
  }

  select(...names: readonly unknown[]): SelectQuery {
    const [first] = names
    const pairs =
      typeof first === 'object' && first !== null ? Object.entries(first) : names.map((name) => [name, name])
    if (DEVELOPMENT && pairs.length === 0) throw this.#invalid('.select names no column')
    return this.#framed(
      this.#frame.with({
        selected: pairs.map(([name, column]) => ({ name: name as string, ref: refIn(this.#frame.scope, column) })),
      }),
    )
  }

  orderBy(column: unknown, direction: unknown = 'asc'): SelectQuery {
    return this.#framed(this.#frame.orderedBy(refIn(this.#frame.scope, column), isDescending(direction)))
  }

  limit(count: unknown): SelectQuery {
    return this.#windowed({ limit: checkedCount(count, 'limit') })
  }

  offset(count: unknown): SelectQuery {
    return this.#windowed({ offset: checkedCount(count, 'offset') })
  }

  first(): SelectQuery {
    return this.#window === everything
      ? new SelectQuery(this.#frame, this.#filter, this.#values, onlyFirst)
      : this.#windowed({ first: true })
  }

  count(): Plannable {
    return this.#aggregate('count', null)
  }

  sum(column: unknown): Plannable {
    return this.#aggregate('sum', column)
  }

  min(column: unknown): Plannable {
    return this.#aggregate('min', column)
  }

  max(column: unknown): Plannable {
    return this.#aggregate('max', column)
  }

  avg(column: unknown): Plannable {
    return this.#aggregate('avg', column)
  }

  groupBy(...columns: readonly unknown[]): GroupedQuery {
    if (DEVELOPMENT) this.#refuseWindow('groupBy')
    const groups = columns.map((name) => ({ name: name as string, ref: refIn(this.#frame.scope, name) }))
    if (DEVELOPMENT && groups.length === 0) throw this.#invalid('.groupBy names no column')
    return new GroupedQuery({ frame: this.#frame, filter: this.#filter, values: this.#values }, groups)
  }

  innerJoin(other: SelectQuery, on: Readonly<Record<string, unknown>>): SelectQuery {
    return this.#join('inner', other, on)
  }

  leftJoin(other: SelectQuery, on: Readonly<Record<string, unknown>>): SelectQuery {
    return this.#join('left', other, on)
  }

  toPlan(): QueryPlan {
    if (this.#plan === null) {
      const template = this.#frame.template(this.#filter, this.#window)
      const more = windowValues(this.#window)
      this.#plan = new QueryPlan(template, more.length === 0 ? this.#values : [...this.#values, ...more])
    }
    return this.#plan
  }

  #framed(frame: SelectFrame): SelectQuery {
    return new SelectQuery(frame, this.#filter, this.#values, this.#window)
  }

  #windowed(change: Partial<Window>): SelectQuery {
    return new SelectQuery(this.#frame, this.#filter, this.#values, { ...this.#window, ...change })
  }

  #aggregate(kind: AggregateKind, column: unknown): Plannable {
    if (DEVELOPMENT) this.#refuseWindow(kind)
    return aggregateQuery({ frame: this.#frame, filter: this.#filter, values: this.#values }, kind, column)
  }

  #refuseWindow(what: string): void {
    if (this.#window.limit === null && this.#window.offset === null) return
    throw this.#invalid(`: ${what} takes all rows; leave out limit and offset, or use a tagged sql`)
  }

  #join(kind: Join['kind'], other: SelectQuery, on: Readonly<Record<string, unknown>>): SelectQuery {
    const { source, joins, scope, selected } = this.#frame
    const right = other.source
    const sources = [source, ...joins.map((join) => join.source)]
    if (DEVELOPMENT) {
      if (sources.some((one) => one.alias.toLowerCase() === right.alias.toLowerCase()))
        throw invalid(`"${right.alias}" stands twice in one join: give it another name, with as('…')`)
      if (selected) throw invalid(`join ${right.alias} before select: the names of columns change with a join`)
    }
    const rightScope = scopeOf(right)
    const pairs = Object.entries(on).map(([left, name]) => [refIn(scope, left), refIn(rightScope, name)] as const)
    if (DEVELOPMENT && pairs.length === 0) throw invalid(`the join with ${right.alias} names no columns to join on`)
    const joined = scopeOf(...sources, right)
    const frame = this.#frame.with({ joins: [...joins, { kind, source: right, on: pairs }], scope: joined })
    return new SelectQuery(frame, this.#filter.within(joined), this.#values, this.#window)
  }

  #invalid(what: string): StoreError {
    return invalid(this.#frame.scope.title + what)
  }
}

function invalid(message: string): StoreError {
  return new StoreError('query/invalid', message)
}
