import { StoreError } from '../base/errors.ts'
import type { Decode, Row, RowShape, SqlValue } from './driver.ts'
import { quoteSql } from './result-codes.ts'

/** By column; null where values stay as stored. */
export type Decoders = readonly (Decode | null)[]

/** A `RowShape` as the row readers use it: names and decoders apart. */
export interface RowLayout {
  readonly names: readonly string[]
  /** Null when no column is decoded. */
  readonly decoders: Decoders | null
}

const layouts = new WeakMap<RowShape, RowLayout>()

/** Shapes belong to query plans, which live long: each is taken apart once. */
export function layoutOf(shape: RowShape, columns: number, sql: string): RowLayout {
  let layout = layouts.get(shape)
  if (!layout) {
    const names = shape.map((column) => column.name)
    assertNames(names, sql)
    const decoders = shape.map((column) => column.decode)
    layout = { names, decoders: decoders.every((decode) => decode === null) ? null : decoders }
    layouts.set(shape, layout)
  }
  if (layout.names.length !== columns) {
    throw new StoreError(
      'query/invalid',
      `The row shape has ${layout.names.length} columns but SQL gives ${columns}, in: ${quoteSql(sql)}`,
      { details: { shape: layout.names.length, columns, sql: quoteSql(sql) } },
    )
  }
  return layout
}

/** Writing a property `__proto__` would change the row's prototype. */
export function assertNames(names: readonly string[], sql: string): void {
  if (!names.includes('__proto__')) return
  throw new StoreError('query/invalid', `A result column is named __proto__; give it another, in: ${quoteSql(sql)}`, {
    details: { sql: quoteSql(sql) },
  })
}

/** Makes objects of cells and appends them to `rows`. One order of writing the same names: one hidden class. */
export function appendRows(
  rows: Row[],
  cells: readonly SqlValue[],
  length: number,
  names: readonly string[],
  decoders: Decoders | null,
): void {
  const columns = names.length
  for (let start = 0; start < length; start += columns) {
    const row: Row = {}
    if (decoders === null) {
      for (let column = 0; column < columns; column++) row[names[column] as string] = cells[start + column]
    } else {
      for (let column = 0; column < columns; column++) {
        const value = cells[start + column] as SqlValue
        const decode = decoders[column]
        row[names[column] as string] = decode && value !== null ? decode(value) : value
      }
    }
    rows.push(row)
  }
}

/** Appends cells to `rows` as arrays of `columns` values. */
export function appendValues(rows: SqlValue[][], cells: readonly SqlValue[], length: number, columns: number): void {
  for (let start = 0; start < length; start += columns) rows.push(cells.slice(start, start + columns))
}
