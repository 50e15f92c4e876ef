import type { SqlValue } from '../sqlite/driver.ts'

/** A row that changed. */
export interface ChangedRow {
  readonly key: readonly SqlValue[]
  before: readonly SqlValue[] | null
  /** `undefined`: to be read when the batch ends. */
  after: readonly SqlValue[] | null | undefined
  /** See `RowDelta`. */
  partial: boolean
}

/** The rows of one table that changed in a batch, by `rowKey`. Most batches have one, for which a map would cost more than the rest. */
export class ChangedRows {
  #firstId: unknown = null
  #first: ChangedRow | null = null
  /** All of them, when there are several. */
  #several: Map<unknown, ChangedRow> | null = null

  get(id: unknown): ChangedRow | undefined {
    if (this.#several) return this.#several.get(id)
    return this.#first && this.#firstId === id ? this.#first : undefined
  }

  /** A row that is not among them. */
  add(id: unknown, row: ChangedRow): void {
    if (!this.#first) {
      this.#firstId = id
      this.#first = row
      return
    }
    this.#several ??= new Map([[this.#firstId, this.#first]])
    this.#several.set(id, row)
  }

  all(): readonly ChangedRow[] {
    if (this.#several) return [...this.#several.values()]
    return this.#first ? [this.#first] : []
  }

  /** Empties it. */
  take(): readonly ChangedRow[] {
    const rows = this.all()
    this.#firstId = null
    this.#first = null
    this.#several = null
    return rows
  }
}
