import type { RowDelta } from '../replica/change-collector.ts'
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
}

type Bucket = Interest | Set<Interest>

/** The pins under which one query is filed, by pinned column: value → queries. */
type PinIndex = Map<StoredKey, Bucket>

/** The queries that read one table, filed so that a changed row finds those it can matter to without a search. */
export class TableDispatch {
  readonly name: string
  readonly #places: ReadonlyMap<string, number>
  readonly #keyPlace: number
  #interests = 0
  /** How many interests need the column at each place. */
  readonly #needs: number[] = []
  #columns: readonly number[] | null = []
  readonly #pinned = new Map<number, PinIndex>()
  /** Under which of its pins an interest with several is filed. */
  readonly #filed = new Map<Interest, PinnedColumn>()
  readonly #unpinned = new Set<Interest>()
  /** Unpinned interests by the place of a column that they read. */
  readonly #readers = new Map<number, Set<Interest>>()

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

  /** Places that some interest needs, ascending. The same array until that changes. */
  get columns(): readonly number[] {
    this.#columns ??= this.#watched()
    return this.#columns
  }

  #watched(): readonly number[] {
    const places = this.#needs.flatMap((count, place) => (count > 0 ? [place] : []))
    // `count(*)` needs no column, but no column at all would mean that nobody looks at the table.
    return places.length === 0 && this.#interests > 0 ? [this.#keyPlace] : places
  }

  add(interest: Interest): void {
    if (this.#interests++ === 0) this.#columns = null
    for (const place of interest.reads) {
      const count = this.#needs[place] ?? 0
      if (count === 0) this.#columns = null
      this.#needs[place] = count + 1
    }
    const pin = this.#narrowest(interest.pins)
    if (pin) this.#file(interest, pin)
    else this.#fileUnpinned(interest)
  }

  remove(interest: Interest): void {
    if (--this.#interests === 0) this.#columns = null
    for (const place of interest.reads) {
      const count = (this.#needs[place] ?? 0) - 1
      this.#needs[place] = count
      if (count === 0) this.#columns = null
    }
    const pin = interest.pins.length > 1 ? this.#filed.get(interest) : interest.pins[0]
    if (pin) this.#unfile(interest, pin)
    else this.#unfileUnpinned(interest)
  }

  /** Adds the queries that `deltas` can matter to. */
  collect(deltas: readonly RowDelta[], into: Set<LiveQuery>): void {
    for (const [place, index] of this.#pinned) {
      for (const delta of deltas) collectPinned(place, index, delta, into)
    }
    if (this.#unpinned.size > 0) this.#collectUnpinned(deltas, into)
  }

  #collectUnpinned(deltas: readonly RowDelta[], into: Set<LiveQuery>): void {
    for (const delta of deltas) {
      if (delta.before === null || delta.after === null) {
        for (const interest of this.#unpinned) tell(interest, delta, into)
        continue
      }
      for (const [place, readers] of this.#readers) {
        if (changedAt(delta, place)) for (const interest of readers) tell(interest, delta, into)
      }
    }
  }

  /**
   * The pin with the fewest queries under its values: among a thousand `done = false and listId = ?` all but the first
   * are filed by `listId`.
   */
  #narrowest(pins: readonly PinnedColumn[]): PinnedColumn | undefined {
    if (pins.length < 2) return pins[0]
    let narrowest: PinnedColumn | undefined
    let fewest = Number.POSITIVE_INFINITY
    for (const pin of pins) {
      const index = this.#pinned.get(pin.place)
      let count = 0
      for (const key of keysOf(pin)) count += 1 + bucketSize(index?.get(key))
      if (count >= fewest) continue
      fewest = count
      narrowest = pin
    }
    return narrowest
  }

  #file(interest: Interest, pin: PinnedColumn): void {
    if (interest.pins.length > 1) this.#filed.set(interest, pin)
    let index = this.#pinned.get(pin.place)
    if (!index) {
      index = new Map()
      this.#pinned.set(pin.place, index)
    }
    for (const key of keysOf(pin)) {
      const bucket = index.get(key)
      if (bucket === undefined) index.set(key, interest)
      else if (bucket instanceof Set) bucket.add(interest)
      else index.set(key, new Set([bucket, interest]))
    }
  }

  #unfile(interest: Interest, pin: PinnedColumn): void {
    this.#filed.delete(interest)
    const index = this.#pinned.get(pin.place)
    if (!index) return
    for (const key of keysOf(pin)) {
      const bucket = index.get(key)
      if (bucket instanceof Set) bucket.delete(interest)
      if (bucket === interest || (bucket instanceof Set && bucket.size === 0)) index.delete(key)
    }
    if (index.size === 0) this.#pinned.delete(pin.place)
  }

  #fileUnpinned(interest: Interest): void {
    this.#unpinned.add(interest)
    for (const place of interest.reads) {
      const readers = this.#readers.get(place)
      if (readers) readers.add(interest)
      else this.#readers.set(place, new Set([interest]))
    }
  }

  #unfileUnpinned(interest: Interest): void {
    this.#unpinned.delete(interest)
    for (const place of interest.reads) {
      const readers = this.#readers.get(place)
      readers?.delete(interest)
      if (readers?.size === 0) this.#readers.delete(place)
    }
  }
}

function collectPinned(place: number, index: PinIndex, delta: RowDelta, into: Set<LiveQuery>): void {
  const before = delta.before?.[place]
  const after = delta.after?.[place]
  if ((delta.before && before === undefined) || (delta.after && after === undefined)) {
    // The row changed before anyone watched this column: no value to look up, so everyone is asked.
    for (const bucket of index.values()) collectBucket(bucket, delta, into)
    return
  }
  if (before !== undefined) collectBucket(index.get(storedKey(before)), delta, into)
  if (after !== undefined && after !== before) collectBucket(index.get(storedKey(after)), delta, into)
}

function collectBucket(bucket: Bucket | undefined, delta: RowDelta, into: Set<LiveQuery>): void {
  if (bucket === undefined) return
  if (!(bucket instanceof Set)) {
    if (mattersTo(bucket, delta)) tell(bucket, delta, into)
    return
  }
  for (const interest of bucket) if (mattersTo(interest, delta)) tell(interest, delta, into)
}

function tell({ query }: Interest, delta: RowDelta, into: Set<LiveQuery>): void {
  into.add(query)
  query.hear(delta)
}

/** A row that enters or leaves the pinned set matters; one that stays matters when a read column changed. */
function mattersTo(interest: Interest, delta: RowDelta): boolean {
  const before = satisfies(interest.pins, delta.before)
  const after = satisfies(interest.pins, delta.after)
  if (!before || !after) return before || after
  return interest.reads.some((place) => changedAt(delta, place))
}

function satisfies(pins: readonly PinnedColumn[], row: readonly SqlValue[] | null): boolean {
  return row !== null && pins.every(({ place, keys }) => holds(keys, row[place]))
}

/** A value that was not watched when the row changed may have been anything. */
function holds(keys: PinKeys, value: SqlValue | undefined): boolean {
  if (value === undefined) return true
  if (typeof keys !== 'object' || keys === null) return keys === storedKey(value)
  return Array.isArray(keys) ? keys.includes(storedKey(value)) : (keys as ReadonlySet<StoredKey>).has(storedKey(value))
}

function changedAt({ before, after }: RowDelta, place: number): boolean {
  const old = before?.[place]
  const now = after?.[place]
  return old === undefined || now === undefined || storedDiffers(old, now)
}

function keysOf({ keys }: PinnedColumn): Iterable<StoredKey> {
  return typeof keys === 'object' && keys !== null ? keys : [keys]
}

function bucketSize(bucket: Bucket | undefined): number {
  if (bucket === undefined) return 0
  return bucket instanceof Set ? bucket.size : 1
}
