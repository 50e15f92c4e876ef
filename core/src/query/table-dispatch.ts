import type { RowDelta } from '../replica/row-changes.ts'
import { rowKey } from '../replica/row-key.ts'
import type { Table } from '../schema/table-structure.ts'
import type { SqlValue } from '../sqlite/driver.ts'
import type { LiveQuery } from './live-query.ts'
import { type StoredKey, storedDiffers, storedKey } from './stored-value.ts'

/** A column that must hold one of some values for a row to matter. */
export interface PinnedColumn {
  readonly place: number
  readonly keys: PinKeys
}

/** What a pinned column may hold. Point queries are many: theirs is the bare key. */
export type PinKeys = StoredKey | readonly StoredKey[] | ReadonlySet<StoredKey>

/** What one query wants to hear about one table. */
export interface Interest {
  readonly query: LiveQuery
  readonly table: TableDispatch
  /** Places of the columns whose change matters, pinned ones among them. */
  readonly reads: readonly number[]
  /** A row matters only while all of these hold. Empty: every row matters. */
  readonly pins: readonly PinnedColumn[]
  /** The pin that it is filed under; set by the table. */
  filed: PinnedColumn | null
}

/** How the rows of a key are filed that are read by one statement: by that key, and with nothing made for each. */
export interface PointForm {
  readonly table: TableDispatch
  /** Places of the columns whose change matters. */
  readonly reads: readonly number[]
  /** None: no other row is told of. */
  readonly pins: readonly PinnedColumn[]
}

/** Most values have one. */
type Bucket<T = Interest> = T | Set<T>

/** What is filed by the value of one column. */
interface PinIndex {
  readonly place: number
  readonly byKey: Map<StoredKey, Bucket>
}

/** The queries that read one table, filed so that a changed row finds those it can matter to without a search. */
export class TableDispatch {
  readonly name: string
  readonly #places: ReadonlyMap<string, number>
  readonly #keyPlace: number
  /** How many interests need the column at each place. */
  readonly #needs: number[] = []
  /** Null: to be found from the needs. */
  #columns: readonly number[] | null = null
  /** One for each column that something is filed by: few, and gone through for each changed row. */
  #pinned: readonly PinIndex[] = []
  /** Queries for the row of a key, by its `rowKey`. */
  readonly #points = new Map<unknown, Bucket<LiveQuery>>()
  readonly #unpinned = new Set<Interest>()
  /** Unpinned interests by the place of a column that they read. */
  readonly #readers = new Map<number, Bucket>()
  #interests = 0

  constructor(table: Table) {
    this.name = table.name
    this.#places = new Map(table.columns.map((column, place) => [column.name, place]))
    this.#keyPlace = this.#places.get(table.primaryKey[0] as string) ?? 0
  }

  placeOf(column: string): number | undefined {
    return this.#places.get(column)
  }

  /** Places of all columns. */
  places(): Iterable<number> {
    return this.#places.values()
  }

  /** Places that some interest needs, ascending. The same array until interests come or go. */
  get columns(): readonly number[] {
    this.#columns ??= this.#watched()
    return this.#columns
  }

  #watched(): readonly number[] {
    const places = this.#needs.flatMap((count, place) => (count > 0 ? [place] : []))
    // `count(*)` needs no column, but no column at all would mean that nobody looks at the table.
    return places.length === 0 && this.#interests > 0 ? [this.#keyPlace] : places
  }

  /** See `Watch`. */
  get rowsAlone(): boolean {
    return this.#unpinned.size === 0 && this.#pinned.length === 0
  }

  addPoint(query: LiveQuery, { reads }: PointForm): void {
    this.#need(reads, 1)
    put(this.#points, rowKey(query.plan.binds), query)
  }

  removePoint(query: LiveQuery, { reads }: PointForm): void {
    this.#need(reads, -1)
    take(this.#points, rowKey(query.plan.binds), query)
  }

  add(interest: Interest): void {
    this.#need(interest.reads, 1)
    interest.filed = this.#narrowest(interest.pins)
    if (interest.filed) {
      const { byKey } = this.#indexOf(interest.filed.place)
      for (const key of keysOf(interest.filed)) put(byKey, key, interest)
      return
    }
    this.#unpinned.add(interest)
    for (const place of interest.reads) put(this.#readers, place, interest)
  }

  remove(interest: Interest): void {
    this.#need(interest.reads, -1)
    const { filed } = interest
    if (filed) {
      // Gone already when this one pinned no value at all, and the others have left.
      const index = this.#indexOf(filed.place)
      for (const key of keysOf(filed)) take(index.byKey, key, interest)
      if (index.byKey.size === 0) this.#pinned = this.#pinned.filter((each) => each !== index)
      return
    }
    this.#unpinned.delete(interest)
    for (const place of interest.reads) take(this.#readers, place, interest)
  }

  /** Tells the queries that `deltas` can matter to, and adds those that have not heard of others before. */
  collect(deltas: readonly RowDelta[], into: LiveQuery[]): void {
    // Loops by index, here and below: closures cost as much as the search, and each commit comes by.
    for (let i = 0; i < deltas.length; i++) {
      const delta = deltas[i] as RowDelta
      if (this.#points.size > 0) tellPoints(this.#points.get(rowKey(delta.key)), delta, into)
      for (let j = 0; j < this.#pinned.length; j++) collectPinned(this.#pinned[j] as PinIndex, delta, into)
      if (this.#unpinned.size > 0) this.#collectUnpinned(delta, into)
    }
  }

  #indexOf(place: number): PinIndex {
    let index = this.#pinned.find((each) => each.place === place)
    if (!index) {
      index = { place, byKey: new Map() }
      this.#pinned = [...this.#pinned, index]
    }
    return index
  }

  #collectUnpinned(delta: RowDelta, into: LiveQuery[]): void {
    if (delta.before === null || delta.after === null) return tell(this.#unpinned, delta, into)
    for (const [place, readers] of this.#readers) if (changedAt(delta, place)) tell(readers, delta, into)
  }

  #need(reads: readonly number[], step: 1 | -1): void {
    this.#interests += step
    for (const place of reads) this.#needs[place] = (this.#needs[place] ?? 0) + step
    this.#columns = null
  }

  /**
   * The pin with the fewest queries under its values: among a thousand `done = false and listId = ?` all but the first
   * are filed by `listId`.
   */
  #narrowest(pins: readonly PinnedColumn[]): PinnedColumn | null {
    let narrowest = pins[0] ?? null
    if (pins.length < 2) return narrowest
    let fewest = Number.POSITIVE_INFINITY
    for (const pin of pins) {
      const index = this.#pinned.find(({ place }) => place === pin.place)
      let count = 0
      for (const key of keysOf(pin)) count += 1 + sizeOf(index?.byKey.get(key))
      if (count < fewest) narrowest = pin
      fewest = Math.min(fewest, count)
    }
    return narrowest
  }
}

function put<K, T>(buckets: Map<K, Bucket<T>>, key: K, entry: T): void {
  const bucket = buckets.get(key)
  if (bucket instanceof Set) bucket.add(entry)
  else buckets.set(key, bucket ? new Set([bucket, entry]) : entry)
}

function take<K, T>(buckets: Map<K, Bucket<T>>, key: K, entry: T): void {
  const bucket = buckets.get(key)
  if (bucket instanceof Set && bucket.delete(entry) && bucket.size > 0) return
  buckets.delete(key)
}

function sizeOf(bucket: Bucket | undefined): number {
  return bucket instanceof Set ? bucket.size : bucket ? 1 : 0
}

function collectPinned({ place, byKey }: PinIndex, delta: RowDelta, into: LiveQuery[]): void {
  const before = delta.before?.[place]
  const after = delta.after?.[place]
  if ((delta.before && before === undefined) || (delta.after && after === undefined)) {
    // The row changed before anyone watched this column: no value to look up, so everyone is asked.
    for (const bucket of byKey.values()) tell(bucket, delta, into)
    return
  }
  if (before !== undefined) tell(byKey.get(storedKey(before)), delta, into)
  if (after !== undefined && after !== before) tell(byKey.get(storedKey(after)), delta, into)
}

function tell(bucket: Bucket | undefined, delta: RowDelta, into: LiveQuery[]): void {
  if (bucket instanceof Set) {
    for (const interest of bucket) tell(interest, delta, into)
  } else if (bucket && mattersTo(bucket, delta) && bucket.query.hear(delta)) into.push(bucket.query)
}

function tellPoints(bucket: Bucket<LiveQuery> | undefined, delta: RowDelta, into: LiveQuery[]): void {
  if (bucket instanceof Set) {
    for (const query of bucket) tellPoints(query, delta, into)
  } else if (bucket && mattersTo(bucket.filed as PointForm, delta) && bucket.hear(delta)) into.push(bucket)
}

/** A row that enters or leaves the pinned set matters; one that stays matters when a read column changed. */
function mattersTo(interest: Pick<Interest, 'pins' | 'reads'>, delta: RowDelta): boolean {
  const before = satisfies(interest.pins, delta.before)
  const after = satisfies(interest.pins, delta.after)
  if (!before || !after) return before || after
  const { reads } = interest
  for (let i = 0; i < reads.length; i++) if (changedAt(delta, reads[i] as number)) return true
  return false
}

function satisfies(pins: readonly PinnedColumn[], row: readonly SqlValue[] | null): boolean {
  if (row === null) return false
  for (let i = 0; i < pins.length; i++) {
    const { place, keys } = pins[i] as PinnedColumn
    if (!holds(keys, row[place])) return false
  }
  return true
}

/** A value that was not watched when the row changed may have been anything. */
function holds(keys: PinKeys, value: SqlValue | undefined): boolean {
  if (value === undefined) return true
  if (typeof keys !== 'object' || keys === null) return keys === storedKey(value)
  return Array.isArray(keys) ? keys.includes(storedKey(value)) : (keys as ReadonlySet<StoredKey>).has(storedKey(value))
}

function changedAt({ before, after, partial }: RowDelta, place: number): boolean {
  if (partial) return after?.[place] !== undefined
  const old = before?.[place]
  const now = after?.[place]
  return old === undefined || now === undefined || storedDiffers(old, now)
}

function keysOf({ keys }: PinnedColumn): Iterable<StoredKey> {
  return typeof keys === 'object' && keys !== null ? keys : [keys]
}
