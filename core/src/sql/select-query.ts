import { DEVELOPMENT } from '../base/development.ts'
import { StoreError } from '../base/errors.ts'
import type { Binds } from '../sqlite/driver.ts'
import { aggregateQuery, type Rows } from './aggregate.ts'
import { Filter } from './filter.ts'
import { type Plannable, QueryPlan } from './query-plan.ts'
import type { SelectFrame } from './select-frame.ts'
import { refIn } from './source.ts'
import { checkedCount, everything, isDescending, onlyFirst, type Window, windowValues } from './window.ts'

/** A select as a plain value: every method gives a new one. Its types are in `Select`; joins and groups read its fields. */
export class SelectQuery implements Plannable, Rows {
  readonly frame: SelectFrame
  readonly filter: Filter
  readonly values: Binds
  readonly window: Window
  #plan: QueryPlan | null = null

  constructor(
    frame: SelectFrame,
    filter: Filter = new Filter(frame.scope),
    values: Binds = [],
    window: Window = everything,
  ) {
    this.frame = frame
    this.filter = filter
    this.values = values
    this.window = window
  }

  where(...args: readonly unknown[]): SelectQuery {
    const { filter, values } = this.filter.narrow(args, this.values)
    return new SelectQuery(this.frame, filter, values, this.window)
  }

  select(...names: readonly unknown[]): SelectQuery {
    const [first] = names
    const pairs =
      typeof first === 'object' && first !== null ? Object.entries(first) : names.map((name) => [name, name])
    if (DEVELOPMENT && pairs.length === 0) {
      throw new StoreError('query/invalid', `${this.frame.scope.title}.select names no column`)
    }
    return this.#framed(
      this.frame.with({
        selected: pairs.map(([name, column]) => ({ name: name as string, ref: refIn(this.frame.scope, column) })),
      }),
    )
  }

  orderBy(column: unknown, direction: unknown = 'asc'): SelectQuery {
    return this.#framed(this.frame.orderedBy(refIn(this.frame.scope, column), isDescending(direction)))
  }

  limit(count: unknown): SelectQuery {
    return this.#windowed({ limit: checkedCount(count, 'limit') })
  }

  offset(count: unknown): SelectQuery {
    return this.#windowed({ offset: checkedCount(count, 'offset') })
  }

  first(): SelectQuery {
    return this.window === everything
      ? new SelectQuery(this.frame, this.filter, this.values, onlyFirst)
      : this.#windowed({ first: true })
  }

  count(): Plannable {
    return aggregateQuery(this, 'count', null)
  }

  sum(column: unknown): Plannable {
    return aggregateQuery(this, 'sum', column)
  }

  min(column: unknown): Plannable {
    return aggregateQuery(this, 'min', column)
  }

  max(column: unknown): Plannable {
    return aggregateQuery(this, 'max', column)
  }

  avg(column: unknown): Plannable {
    return aggregateQuery(this, 'avg', column)
  }

  toPlan(): QueryPlan {
    if (this.#plan === null) {
      const template = this.frame.template(this.filter, this.window)
      const more = windowValues(this.window)
      this.#plan = new QueryPlan(template, more.length === 0 ? this.values : [...this.values, ...more])
    }
    return this.#plan
  }

  #framed(frame: SelectFrame): SelectQuery {
    return new SelectQuery(frame, this.filter, this.values, this.window)
  }

  #windowed(change: Partial<Window>): SelectQuery {
    return new SelectQuery(this.frame, this.filter, this.values, { ...this.window, ...change })
  }
}
