import type { SqlValue } from '../sqlite/driver.ts'
import type { Filter } from './filter.ts'
import { keyEquals, type Source } from './source.ts'
import { type WriteForm, WriteOperation, type WriteSource } from './write.ts'

/** What updates of one set of columns, or deletes, have in common, whichever rows they touch. */
export interface PredicateHead {
  readonly kind: 'update' | 'delete'
  readonly source: Source
  /** The statement up to its WHERE. */
  readonly sql: string
  /** Places of the columns that an update sets: so many values come before those of the filter. */
  readonly sets: readonly number[]
  /** True when the update changes the key: then it touches two rows. */
  readonly rekeys: boolean
}

/** An update or delete: of all rows, until `where` narrows it. Immutable. */
export class PredicateWrite implements WriteSource {
  readonly #head: PredicateHead
  readonly #filter: Filter
  /** Of the SET, then of the filter. */
  readonly #binds: readonly SqlValue[]

  constructor(head: PredicateHead, filter: Filter, binds: readonly SqlValue[]) {
    this.#head = head
    this.#filter = filter
    this.#binds = binds
  }

  where(...args: readonly unknown[]): PredicateWrite {
    const { filter, values } = this.#filter.narrow(args, this.#binds)
    return new PredicateWrite(this.#head, filter, values)
  }

  /** Null for an update of no columns. */
  toWrite(): WriteOperation | null {
    const head = this.#head
    if (head.kind === 'update' && head.sets.length === 0) return null
    return new WriteOperation(this.#filter.formOf(head, makeForm), this.#binds)
  }
}

function makeForm({ kind, source, sql, sets, rekeys }: PredicateHead, filter: Filter): WriteForm {
  const condition = filter.condition
  const places = rekeys ? null : filter.placesOf(source.key)
  return {
    kind,
    table: source.table.name,
    sql: condition === null ? sql : `${sql} where ${condition}`,
    keyPlaces: places?.map((place) => sets.length + place) ?? null,
    blind: places !== null && condition === keyEquals(source),
    sets: kind === 'update' ? sets : null,
  }
}
