import type { Table } from '../schema/table-structure.ts'
import type { RowShape } from '../sqlite/driver.ts'
import type { Filter } from './filter.ts'
import { quoteName } from './identifier.ts'
import { type QueryTemplate, templateOf } from './query-plan.ts'
import { type ColumnRef, type Scope, type Source, sourceOf } from './source.ts'
import { type Window, windowSql } from './window.ts'

export interface Order {
  readonly ref: ColumnRef
  readonly descending: boolean
}

/** A result column: its property name and where it comes from. */
export interface Selected {
  readonly name: string
  readonly ref: ColumnRef
}

interface FrameParts {
  /** `from "todos" inner join …`, with a space at its end. */
  readonly from: string
  /** Its tables: several in a join. */
  readonly sources: readonly Source[]
  readonly scope: Scope
  /** Null: every column of the scope. */
  readonly selected: readonly Selected[] | null
  readonly orders: readonly Order[]
}

/** What a select says beside its filter and its values; never changed. */
export class SelectFrame implements FrameParts {
  declare readonly from: string
  declare readonly sources: readonly Source[]
  declare readonly scope: Scope
  declare readonly selected: readonly Selected[] | null
  declare readonly orders: readonly Order[]
  /** Orders are few and written again and again, as are the lists of a screen: they are the same frame each time. */
  readonly #steps = new Map<string, SelectFrame>()
  readonly #templates = new Map<Filter, (QueryTemplate | undefined)[]>()

  constructor(parts: FrameParts) {
    Object.assign(this, parts)
  }

  static of(table: Table, alias: string = table.name): SelectFrame {
    const source = sourceOf(table, alias)
    return new SelectFrame({
      from: `from ${source.from} `,
      sources: [source],
      scope: source,
      selected: null,
      orders: [],
    })
  }

  with(change: Partial<FrameParts>): SelectFrame {
    return new SelectFrame({ ...this, ...change })
  }

  orderedBy(ref: ColumnRef, descending: boolean): SelectFrame {
    if (this.orders.some((order) => order.ref === ref)) return this
    const step = descending ? `${ref.text} desc` : ref.text
    let next = this.#steps.get(step)
    if (!next) {
      next = this.with({ orders: [...this.orders, { ref, descending }] })
      this.#steps.set(step, next)
    }
    return next
  }

  /** The table it began with; its only one without a join. */
  get source(): Source {
    return this.sources[0] as Source
  }

  get joined(): boolean {
    return this.sources.length > 1
  }

  /** The template of the rows that pass a filter. */
  template(filter: Filter, window: Window): QueryTemplate {
    let known = this.#templates.get(filter)
    if (!known) {
      known = []
      if (filter.kept) this.#templates.set(filter, known)
    }
    const place = (window.first ? 1 : 0) + (window.limit === null ? 0 : 2) + (window.offset === null ? 0 : 4)
    known[place] ??= this.#compile(filter, window)
    return known[place]
  }

  /** `select … from …`, with a space at its end. */
  get head(): string {
    const list = this.columns.map(({ name, ref }) => `${ref.text} as ${quoteName(name)}`)
    return `select ${list.join(', ')} ${this.from}`
  }

  get columns(): readonly Selected[] {
    return this.selected ?? [...this.scope.refs].map(([name, ref]) => ({ name, ref }))
  }

  get shape(): RowShape {
    return this.columns.map(({ name, ref }) => ({ name, decode: ref.column.decode }))
  }

  /**
   * By column and key, always: ties come out the same with and without an index. The key goes the way of the last column, so that an
   * index, which ends in the key, serves the whole order forwards or backwards.
   */
  get terms(): readonly Order[] {
    const more = this.#keys.filter((ref) => !this.orders.some((order) => order.ref === ref))
    const descending = this.orders.at(-1)?.descending ?? false
    return [...this.orders, ...more.map((ref) => ({ ref, descending }))]
  }

  /** `order by …` */
  get order(): string {
    return `order by ${this.terms.map(({ ref, descending }) => (descending ? `${ref.text} desc` : ref.text)).join(', ')}`
  }

  get #keys(): readonly ColumnRef[] {
    return this.sources.flatMap((source) => source.key)
  }

  #compile(filter: Filter, window: Window): QueryTemplate {
    const { columns, joined } = this
    const names = this.#keys.map((ref) => columns.find((column) => column.ref === ref)?.name)
    return templateOf({
      sql: this.head + filter.sql + this.order + windowSql(window),
      shape: this.shape,
      decoding: columns.map(({ ref }) => ref.column.type).join(),
      result: window.first ? 'first' : 'rows',
      identity: names.every((name) => name !== undefined) ? names : null,
      pins: joined ? [] : filter.pins,
      basis: joined ? null : { frame: this, filter, of: window },
    })
  }
}
