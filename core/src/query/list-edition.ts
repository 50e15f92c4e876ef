import type { Row } from '../sqlite/driver.ts'
import { Edition } from './edition.ts'
import type { ListDelta } from './list-delta.ts'
import { RowChunks } from './row-chunks.ts'
import { sameValue } from './same-value.ts'

/** The one implementation of `Edition`, part of the code that is loaded later. */
export class ListEdition extends Edition {
  /** Stands for this edition, without keeping it. */
  readonly #mark = {}
  readonly #after: object | null
  readonly #delta: ListDelta<Row> | null
  #rows: readonly Row[] | null
  /** Holds the rows until the next edition. */
  #chunks: RowChunks | null

  private constructor(
    rows: readonly Row[] | null,
    chunks: RowChunks | null,
    after: object | null,
    delta: ListDelta<Row> | null,
  ) {
    super()
    this.#rows = rows
    this.#chunks = chunks
    this.#after = after
    this.#delta = delta
  }

  /** What a run gave. */
  static of(rows: readonly Row[]): ListEdition {
    return new ListEdition(rows, null, null, null)
  }

  get length(): number {
    return (this.#rows ?? this.#chunks)?.length ?? 0
  }

  get rows(): readonly Row[] | null {
    this.#rows ??= this.#chunks?.toArray() ?? null
    return this.#rows
  }

  /** The rows, to be changed into those of the next edition. */
  chunks(): RowChunks {
    this.#chunks ??= new RowChunks(this.#rows as readonly Row[])
    return this.#chunks
  }

  /** The edition after this one, once the chunks hold it. */
  next(delta: ListDelta<Row>): ListEdition {
    const next = new ListEdition(null, this.#chunks, this.#mark, delta)
    this.#chunks = null
    return next
  }

  sameAs(later: ListEdition): boolean {
    if (this === later) return true
    return later.#after !== this.#mark && this.#rows !== null && sameValue(this.#rows, later.rows)
  }

  deltaFrom(before: ListEdition): ListDelta<Row> | null {
    return this.#after === before.#mark ? this.#delta : null
  }
}
