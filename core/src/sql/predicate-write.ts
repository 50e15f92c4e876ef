import type { SqlValue } from '../sqlite/driver.ts'
import type { Filter } from './filter.ts'
import type { Source } from './source.ts'
import type { WriteOperation, WriteSource } from './write.ts'

interface PredicateHead {
  readonly kind: 'update' | 'delete'
  readonly source: Source
  /** The statement up to its WHERE. */
  readonly head: string
  /** Values of an update's SET, and the places of their columns. */
  readonly set: readonly SqlValue[]
  readonly sets: readonly number[]
  /** True when the update changes the key: then it touches two. */
  readonly rekeys: boolean
  /** True when an update was given no columns: there is nothing to write. */
  readonly empty: boolean
}

/** An update or delete: of all rows, until `where` narrows it. Immutable. */
export class PredicateWrite implements WriteSource {
  readonly #head: PredicateHead
  readonly #filter: Filter
  /** Of the filter. */
  readonly #values: readonly SqlValue[]

  constructor(head: PredicateHead, filter: Filter, values: readonly SqlValue[] = []) {
    this.#head = head
    this.#filter = filter
    this.#values = values
  }

  where(...args: readonly unknown[]): PredicateWrite {
    const { filter, values } = this.#filter.narrow(args, this.#values)
    return new PredicateWrite(this.#head, filter, values)
  }

  toWrite(): WriteOperation | null {
    const { kind, source, head, set, sets, rekeys, empty } = this.#head
    if (empty) return null
    const sql = this.#filter.after(head)
    const key = rekeys ? null : this.#filter.pinnedKey(source.key, this.#values)
    return {
      kind,
      table: source.table.name,
      sql,
      binds: set.length === 0 ? this.#values : set.concat(this.#values),
      key,
      sets,
    }
  }
}
