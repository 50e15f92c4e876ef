import type { AnySchema } from '../schema/schema.ts'
import type { WriteOperation } from '../sql/write.ts'
import type { ReplicaDriver, SqlValue } from '../sqlite/driver.ts'
import type { ChangeCollector } from './change-collector.ts'
import type { CommitWrites } from './commit-writes.ts'

/** One row's net change. Values are stored values by column place, present at watched places only. */
export interface RowDelta {
  readonly key: readonly SqlValue[]
  /** Null: the row did not exist. */
  readonly before: readonly SqlValue[] | null
  /** Null: the row does not exist any more. */
  readonly after: readonly SqlValue[] | null
  /** An update of this row, if it is there: `after` holds what it sets and `before` nothing; all else is as it was. */
  readonly partial: boolean
}

/** Net changes of tables, each once. */
export type ChangeBatch = readonly (readonly [table: string, deltas: readonly RowDelta[]])[]

/** In place of a batch: any row may have changed. */
export const anyRow: ChangeBatch = []

/** Which columns anyone looks at. */
export interface Watch {
  /**
   * Watched places of a table's columns, ascending; empty when nobody looks at the table. Asked at each change of a row
   * and before each undo: who is asked knows that the table changes.
   */
  columns(table: string): readonly number[]
  /** Whoever looks at the table looks at one row by its key, and knows it: of an update by key it need hear no more than what it sets. */
  rowsAlone?(table: string): boolean
}

export const nobodyWatches: Watch = { columns: () => [] }

/** Gathers what changes in a replica. */
export interface RowChanges {
  watch: Watch
  /** What changes now becomes base at once: no undo will come back to it, and its keys need not be kept. */
  settling: boolean
  /** To be called before each write. */
  beforeWrite(write: WriteOperation): void
  /** To be called before an undo, while the rows still are what the watchers saw. `undone`: what may be taken back. */
  beforeUndo(...undone: readonly (readonly { readonly writes: CommitWrites | null }[])[]): void
  /** After rows were put back silently: what was gathered as `after` may be wrong and is read anew. */
  distrust(): void
  /** Base has moved: what was changed before will not be undone. */
  forget(): void
  /** Ends the batch: net changes of watched rows, or null without any. */
  take(): ChangeBatch | null
  /** Between two batches: who is to gather the next. `atBase`: nothing is applied that could be undone. */
  next(atBase: boolean): RowChanges
  close(): void
}

/** Null while its code is on its way. */
export type CollectorSource = () => typeof ChangeCollector | null

/** Knows that something changed, until a collector can tell what. */
export class UnknownChanges implements RowChanges {
  watch = nobodyWatches
  settling = false
  readonly #driver: ReplicaDriver
  readonly #schema: AnySchema
  readonly #source: CollectorSource
  #changed = false

  constructor(driver: ReplicaDriver, schema: AnySchema, source: CollectorSource) {
    this.#driver = driver
    this.#schema = schema
    this.#source = source
  }

  beforeWrite(): void {
    this.#changed = true
    // Asked so that the watcher knows.
    this.watch.columns('')
  }

  beforeUndo(): void {
    this.beforeWrite()
  }

  distrust(): void {}

  forget(): void {}

  take(): ChangeBatch | null {
    const changed = this.#changed
    this.#changed = false
    return changed ? anyRow : null
  }

  next(atBase: boolean): RowChanges {
    const Collector = this.#source()
    if (!Collector) return this
    const collector = new Collector(this.#driver, this.#schema, atBase)
    collector.watch = this.watch
    return collector
  }

  close(): void {}
}
