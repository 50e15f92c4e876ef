import type { AnySchema } from '../schema/schema.ts'
import type { WriteOperation } from '../sql/write.ts'
import type { CommitWrites } from './commit-writes.ts'
import { rowKey } from './row-key.ts'

/**
 * The rows that some commits write or depend on, as far as their writes tell before any SQL runs: keys, or whole tables. Commits
 * whose footprints are disjoint commute: applied in either order they give one state, and succeed or fail alike.
 */
export class Footprint {
  readonly #schema: AnySchema
  /** Keys by table; null: the whole table. */
  readonly #tables = new Map<string, Set<unknown> | null>()
  #everything = false

  constructor(schema: AnySchema) {
    this.#schema = schema
  }

  /** Adds a commit's; null when nothing is known of what it writes. */
  add(writes: CommitWrites | null): void {
    if (!writes?.pure) this.#everything = true
    else for (const write of writes.writes) this.#addWrite(write)
  }

  /** True unless the writes commute with all that was added. */
  meets(writes: CommitWrites): boolean {
    if (this.#everything || !writes.pure) return true
    return writes.writes.some((write) => this.#meetsWrite(write))
  }

  #addWrite(write: WriteOperation): void {
    const { table } = write.form
    if (table === null) {
      this.#everything = true
      return
    }
    const keys = this.#tables.get(table)
    if (keys === null) return
    const key = this.#keyOf(write)
    if (key === null) this.#tables.set(table, null)
    else if (keys) keys.add(rowKey(key))
    else this.#tables.set(table, new Set([rowKey(key)]))
  }

  #meetsWrite(write: WriteOperation): boolean {
    const { table } = write.form
    if (table === null) return true
    const keys = this.#tables.get(table)
    if (keys === undefined) return false
    const key = this.#keyOf(write)
    return keys === null || key === null || keys.has(rowKey(key))
  }

  /** The one row that a write depends on; null when others may matter: by a predicate, or by a secondary UNIQUE. */
  #keyOf({ form, key }: WriteOperation): WriteOperation['key'] {
    return this.#schema.tables.get(form.table ?? '')?.uniqueIndexes ? null : key
  }
}
