import type { SqlValue } from '../sqlite/driver.ts'
import { allOf, type Condition, conditionSql } from './condition.ts'
import { pinnedKey } from './pins.ts'
import { withCondition } from './select-state.ts'
import { plainScope, type Source } from './source.ts'
import { TextCache } from './text-cache.ts'
import { conditionFrom } from './where.ts'
import type { WriteOperation, WriteSource } from './write.ts'

interface PredicateHead {
  readonly kind: 'update' | 'delete'
  readonly source: Source
  /** The statement up to its WHERE. */
  readonly head: string
  /** Values of an update's SET. */
  readonly set: readonly SqlValue[]
  /** True when the update changes the key: then it touches two. */
  readonly rekeys: boolean
  /** True when an update was given no columns: there is nothing to write. */
  readonly empty: boolean
}

const texts = new TextCache()

/** An update or delete: of all rows, until `where` narrows it. Immutable. */
export class PredicateWrite implements WriteSource {
  readonly #head: PredicateHead
  readonly #where: readonly Condition[]

  constructor(head: PredicateHead, where: readonly Condition[]) {
    this.#head = head
    this.#where = where
  }

  where(...args: readonly unknown[]): PredicateWrite {
    return new PredicateWrite(
      this.#head,
      withCondition(this.#where, conditionFrom(plainScope(this.#head.source), args)),
    )
  }

  toWrite(): WriteOperation | null {
    const { kind, source, head, set, rekeys, empty } = this.#head
    if (empty) return null
    const condition = allOf(this.#where)
    const binds = [...set]
    const sql = condition ? texts.join(head, ' where ', conditionSql(condition, binds)) : head
    return { kind, table: source.table.name, sql, binds, key: rekeys ? null : pinnedKey(condition, source.key) }
  }
}
