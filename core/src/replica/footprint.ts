import type { AnySchema } from '../schema/schema.ts'
import type { WriteOperation } from '../sql/write.ts'
import type { CommitWrites } from './commit-writes.ts'
import { rowKey } from './row-key.ts'

/** What is written to one row: updates that can have the last word by being run again; null when something else is among it. */
type RowWrites = WriteOperation[] | null

/**
 * The rows that some commits write or depend on, as far as their writes tell before any SQL runs: keys, or whole tables. Commits
 * whose footprints are disjoint commute: applied in either order they give one state, and succeed or fail alike.
 */
export class Footprint {
  readonly #schema: AnySchema
  /** By table, then by key; null: the whole table. */
  readonly #tables = new Map<string, Map<unknown, RowWrites> | null>()
  #everything = false

  constructor(schema: AnySchema) {
    this.#schema = schema
  }

  /** Adds a commit's; null when nothing is known of what it writes. */
  add(writes: CommitWrites | null): void {
    if (!writes?.pure) this.#everything = true
    else for (const write of writes.writes) this.#addWrite(write)
  }

  /**
   * True unless the writes commute with all that was added.
   *
   * @param again takes updates that were added, of rows that are written here too: these writes may come after them all the same if the updates
   *   are run once more then. Neither side looks at what the row holds, updates change nothing about whether it is there, and what they set is
   *   what counts. Null where the updates are not to come last.
   */
  meets(writes: CommitWrites, again: Set<WriteOperation> | null): boolean {
    if (this.#everything || !writes.pure) return true
    return writes.writes.some((write) => this.#meetsWrite(write, again))
  }

  #addWrite(write: WriteOperation): void {
    const { table, kind, blind } = write.form
    if (table === null) {
      this.#everything = true
      return
    }
    let rows = this.#tables.get(table)
    if (rows === null) return
    const key = this.#keyOf(write)
    if (key === null) {
      this.#tables.set(table, null)
      return
    }
    if (!rows) {
      rows = new Map()
      this.#tables.set(table, rows)
    }
    const id = rowKey(key)
    const before = rows.get(id)
    if (before === null) return
    if (kind !== 'update' || !blind) rows.set(id, null)
    else if (before) before.push(write)
    else rows.set(id, [write])
  }

  #meetsWrite(write: WriteOperation, again: Set<WriteOperation> | null): boolean {
    const { table, blind } = write.form
    if (table === null) return true
    const rows = this.#tables.get(table)
    if (rows === undefined) return false
    const key = this.#keyOf(write)
    if (rows === null || key === null) return true
    const theirs = rows.get(rowKey(key))
    if (theirs === undefined) return false
    if (theirs === null || !blind || again === null) return true
    for (const update of theirs) again.add(update)
    return false
  }

  /** The one row that a write depends on; null when others may matter: by a predicate, or by a secondary UNIQUE. */
  #keyOf({ form, key }: WriteOperation): WriteOperation['key'] {
    return this.#schema.tables.get(form.table ?? '')?.uniqueIndexes ? null : key
  }
}
