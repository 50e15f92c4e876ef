import { StoreError } from '../base/errors.ts'
import { nameOf } from '../schema/table-structure.ts'
import type { Binds, SqlValue } from '../sqlite/driver.ts'

/** What all writes have in common that differ in their values alone; made once for them. */
export interface WriteForm {
  readonly kind: 'insert' | 'insertOrIgnore' | 'upsert' | 'update' | 'delete' | 'sql'
  /** Null for tagged sql. */
  readonly table: string | null
  readonly sql: string
  /** Where the full primary key stands among the values, in key order, when a write touches no other row; null for a predicate. */
  readonly keyPlaces: readonly number[] | null
  /** What it does to its row, whatever that holds, depends only on whether it is there. Never so without a key. */
  readonly blind: boolean
  /** Places of the columns that an update sets; null when any may change. */
  readonly sets: readonly number[] | null
}

/** One statement that a materializer wants run. Thousands are kept at a time: it holds nothing that its form can say. */
export class WriteOperation implements WriteSource {
  readonly form: WriteForm
  readonly binds: Binds

  constructor(form: WriteForm, binds: Binds) {
    this.form = form
    this.binds = binds
  }

  get sql(): string {
    return this.form.sql
  }

  toWrite(): WriteOperation {
    return this
  }

  /** Full primary key, in key order and stored form, when the write touches no other row; null for a predicate. Made anew each time. */
  get key(): readonly SqlValue[] | null {
    return this.form.keyPlaces?.map((place) => this.binds[place] as SqlValue) ?? null
  }
}

/** A write as a plain value: what materializers return. Nothing runs until the event is applied. */
export interface WriteSource {
  /** Null when there is nothing to write (an update of no columns). @internal */
  toWrite(): WriteOperation | null
}

declare const localType: unique symbol

/** A write of synced tables (`false`), of local ones (`true`), or of tables not known to the types (`never`). */
export interface Write<out Local extends boolean> extends WriteSource {
  // Types only: nothing of this exists at run time.
  readonly [localType]: () => Local
}

/** An empty list for nothing: a materializer without a `return` is a mistake. */
export type MaterializerResult = WriteSource | readonly WriteSource[]

/**
 * The writes that a materializer returned, in order.
 * Throws `materializer/failed` for anything that is not a write.
 */
export function writesOf(result: MaterializerResult | undefined): readonly WriteOperation[] {
  // Most return one write; a list that grows takes room for sixteen more.
  if (isSource(result)) {
    const write = result.toWrite()
    return write ? [write] : []
  }
  const writes: WriteOperation[] = []
  collect(result, writes)
  return writes
}

function isSource(result: unknown): result is WriteSource {
  return typeof (result as WriteSource | null | undefined)?.toWrite === 'function'
}

function collect(result: unknown, writes: WriteOperation[]): void {
  if (result === undefined) return
  if (Array.isArray(result)) {
    for (const one of result) collect(one, writes)
    return
  }
  if (!isSource(result)) throw notWrite(result)
  const write = result.toWrite()
  if (write) writes.push(write)
}

function notWrite(value: unknown): StoreError {
  const hint =
    value instanceof Promise
      ? 'a materializer is synchronous: it cannot wait'
      : 'return table.insert(…), update, upsert, delete or a tagged sql'
  return new StoreError(
    'materializer/failed',
    `a materializer returned ${nameOf(value)}, which is not a write; ${hint}`,
  )
}
