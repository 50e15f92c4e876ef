import { StoreError } from '../base/errors.ts'
import type { SqlValue } from './driver.ts'

// The format, as SQLite's session extension writes it. A changeset is a sequence of tables:
//   'T', number of columns (varint), one byte per column (0, or 1 + place in the primary key), name, NUL
// and for each table its changes, one per row:
//   operation, indirect flag, then a record: the new row (insert), the old row (delete), or two records (update):
//   old = key and old values of the changed columns, new = new values of the changed columns.
// A record has one value per column: type, then 8 bytes big-endian (integer, real) or varint size and bytes (text, blob).

const TABLE = 0x54

const INSERT = 18
const DELETE = 9
const UPDATE = 23

const UNDEFINED = 0
const INTEGER = 1
const FLOAT = 2
const TEXT = 3
const BLOB = 4
const NULL = 5

/** Values by column place; undefined: not in the changeset, the column did not change. */
export type ChangesetRecord = readonly (SqlValue | undefined)[]

/** What became of one row. */
export interface ChangesetRow {
  readonly kind: 'insert' | 'update' | 'delete'
  /** In the order of the primary key. */
  readonly key: readonly SqlValue[]
  /** The whole row before a delete, the key and the changed columns before an update, null for an insert. */
  readonly before: ChangesetRecord | null
  /** The whole row after an insert, the changed columns after an update, null for a delete. */
  readonly after: ChangesetRecord | null
}

export interface ChangesetTable {
  readonly table: string
  readonly columns: number
  /** Places of the key's columns, in the order of the primary key. */
  readonly primaryKey: readonly number[]
  readonly rows: readonly ChangesetRow[]
}

/**
 * The tables and rows of a changeset; a table may come more than once in a joined one.
 *
 * @throws StoreError `storage/corrupt` for bytes that are no changeset
 */
export function readChangeset(bytes: Uint8Array): ChangesetTable[] {
  const cursor = new ChangesetCursor(bytes)
  const tables: ChangesetTable[] = []
  while (!cursor.done) {
    const { flags, name } = cursor.header()
    const primaryKey = keyPlaces(flags)
    const rows: ChangesetRow[] = []
    while (cursor.atChange) rows.push(readRow(cursor, flags.length, primaryKey))
    tables.push({ table: name, columns: flags.length, primaryKey, rows })
  }
  return tables
}

function readRow(cursor: ChangesetCursor, columns: number, primaryKey: readonly number[]): ChangesetRow {
  const operation = cursor.operation()
  const first = cursor.record(columns)
  const key = primaryKey.map((place) => first[place] ?? null)
  if (operation === INSERT) return { kind: 'insert', key, before: null, after: first }
  if (operation === DELETE) return { kind: 'delete', key, before: first, after: null }
  return { kind: 'update', key, before: first, after: cursor.record(columns) }
}

function keyPlaces(flags: Uint8Array): number[] {
  const places: number[] = []
  for (const [place, flag] of flags.entries()) if (flag !== 0) places.push(place)
  return places.sort((a, b) => (flags[a] as number) - (flags[b] as number) || a - b)
}

/**
 * The changeset that takes `bytes` back, equal to what `sqlite3changeset_invert` gives.
 *
 * @throws StoreError `storage/corrupt` for bytes that are no changeset
 */
export function invertChangeset(bytes: Uint8Array): Uint8Array {
  const cursor = new ChangesetCursor(bytes)
  // The same values in other places: never longer than the original.
  const inverted = new Uint8Array(bytes.length)
  let size = 0
  const copy = (start: number, end: number) => {
    inverted.set(bytes.subarray(start, end), size)
    size += end - start
  }
  while (!cursor.done) {
    const headerStart = cursor.at
    const { flags } = cursor.header()
    copy(headerStart, cursor.at)
    while (cursor.atChange) {
      const start = cursor.at
      const operation = cursor.operation()
      if (operation !== UPDATE) {
        for (let column = 0; column < flags.length; column++) cursor.skipValue()
        copy(start, cursor.at)
        inverted[size - (cursor.at - start)] = operation === INSERT ? DELETE : INSERT
        continue
      }
      copy(start, cursor.at)
      const before = cursor.boundaries(flags.length)
      const after = cursor.boundaries(flags.length)
      for (const [column, flag] of flags.entries()) {
        const source = flag === 0 ? after : before
        copy(source[column] as number, source[column + 1] as number)
      }
      for (const [column, flag] of flags.entries()) {
        if (flag === 0) copy(before[column] as number, before[column + 1] as number)
        else inverted[size++] = UNDEFINED
      }
    }
  }
  return inverted.subarray(0, size)
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Walks over the bytes of a changeset. */
class ChangesetCursor {
  at = 0
  readonly #bytes: Uint8Array
  readonly #view: DataView

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get done(): boolean {
    return this.at >= this.#bytes.length
  }

  /** A change of the current table follows, not another table or the end. */
  get atChange(): boolean {
    return !this.done && this.#bytes[this.at] !== TABLE
  }

  header(): { flags: Uint8Array; name: string } {
    if (this.#byte() !== TABLE) throw this.#damaged('a table is missing')
    const columns = this.#varint()
    const flags = this.#take(columns)
    const end = this.#bytes.indexOf(0, this.at)
    if (end < 0) throw this.#damaged('a table name does not end')
    const name = decoder.decode(this.#take(end - this.at))
    this.at++
    return { flags, name }
  }

  /** The operation of a change, behind it and its indirect flag. */
  operation(): number {
    const operation = this.#byte()
    if (operation !== INSERT && operation !== DELETE && operation !== UPDATE) {
      throw this.#damaged(`there is no operation ${operation}`)
    }
    this.#byte()
    return operation
  }

  record(columns: number): (SqlValue | undefined)[] {
    const record: (SqlValue | undefined)[] = []
    for (let column = 0; column < columns; column++) record.push(this.#value())
    return record
  }

  /** Where each value of a record starts, and where the last one ends. */
  boundaries(columns: number): number[] {
    const places = [this.at]
    for (let column = 0; column < columns; column++) {
      this.skipValue()
      places.push(this.at)
    }
    return places
  }

  skipValue(): void {
    const type = this.#byte()
    if (type === INTEGER || type === FLOAT) this.#skip(8)
    else if (type === TEXT || type === BLOB) this.#skip(this.#varint())
    else if (type !== NULL && type !== UNDEFINED) throw this.#damaged(`there is no type ${type}`)
  }

  #value(): SqlValue | undefined {
    const type = this.#byte()
    switch (type) {
      case UNDEFINED:
        return undefined
      case NULL:
        return null
      case INTEGER: {
        const integer = this.#view.getBigInt64(this.#skip(8))
        const number = Number(integer)
        return Number.isSafeInteger(number) ? number : integer
      }
      case FLOAT:
        return this.#view.getFloat64(this.#skip(8))
      case TEXT:
        return decoder.decode(this.#take(this.#varint()))
      case BLOB:
        return this.#take(this.#varint()).slice()
      default:
        throw this.#damaged(`there is no type ${type}`)
    }
  }

  #byte(): number {
    return this.#bytes[this.#skip(1)] as number
  }

  /** SQLite's varint: seven bits a byte, high bits first. Sizes here stay below 2^31: at most five bytes. */
  #varint(): number {
    let value = 0
    for (let length = 0; length < 5; length++) {
      const byte = this.#byte()
      value = value * 128 + (byte & 0x7f)
      if (byte < 0x80) return value
    }
    throw this.#damaged('a size is too large')
  }

  #take(size: number): Uint8Array {
    const start = this.#skip(size)
    return this.#bytes.subarray(start, start + size)
  }

  /** Moves on; gives the place it left. */
  #skip(size: number): number {
    const start = this.at
    if (start + size > this.#bytes.length) throw this.#damaged('it ends too early')
    this.at = start + size
    return start
  }

  #damaged(what: string): StoreError {
    return new StoreError(
      'storage/corrupt',
      `A changeset is damaged at byte ${this.at}: ${what}; rebuild the state from the log`,
      { details: { at: this.at, bytes: this.#bytes.length } },
    )
  }
}
