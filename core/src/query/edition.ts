import type { Row } from '../sqlite/driver.ts'
import type { ListDelta } from './list-delta.ts'
import type { RowChunks } from './row-chunks.ts'
import { sameValue } from './structural-sharing.ts'

/** One value of a maintained list: its array is made when somebody reads it. Another value is another edition. */
export class Edition {
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
    this.#rows = rows
    this.#chunks = chunks
    this.#after = after
    this.#delta = delta
  }

  /** What a run gave. */
  static of(rows: readonly Row[]): Edition {
    return new Edition(rows, null, null, null)
  }

  get length(): number {
    return (this.#rows ?? this.#chunks)?.length ?? 0
  }

  /** Null for an edition that nobody read before the next one came. */
  get rows(): readonly Row[] | null {
    this.#rows ??= this.#chunks?.toArray() ?? null
    return this.#rows
  }

  /** The rows, to be changed into those of the next edition. `make` is part of the code that is loaded later. */
  chunks(make: (rows: readonly Row[]) => RowChunks): RowChunks {
    this.#chunks ??= make(this.#rows as readonly Row[])
    return this.#chunks
  }

  /** The edition after this one, once the chunks hold it. */
  next(delta: ListDelta<Row>): Edition {
    const next = new Edition(null, this.#chunks, this.#mark, delta)
    this.#chunks = null
    return next
  }

  /** Whether a later edition has the same rows, which it may when there were others between. */
  sameAs(later: Edition): boolean {
    if (this === later) return true
    return later.#after !== this.#mark && this.#rows !== null && sameValue(this.#rows, later.rows)
  }

  /** How this came out of the edition before it; null where others were between. */
  deltaFrom(before: Edition): ListDelta<Row> | null {
    return this.#after === before.#mark ? this.#delta : null
  }
}

/** What readers of a query get for what it holds. */
export function rowsOf(value: unknown): unknown {
  return value instanceof Edition ? value.rows : value
}
