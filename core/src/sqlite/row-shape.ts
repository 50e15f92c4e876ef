import { StoreError } from '../base/errors.ts'
import type { Decode, Row, RowShape, SqlValue } from './driver.ts'
import { quoteSql } from './result-codes.ts'

type RowMaker = new () => Row

/** By the number of a row's columns. */
const makers: RowMaker[] = []

/** Makes plain objects that have room for so many columns and no more, which engines learn from the first few of each maker. A literal has room for four. */
export function rowMaker(width: number): RowMaker {
  // biome-ignore lint/complexity/useArrowFunction: it is called with `new`. Without a name: consoles would show that
  makers[width] ??= Object.assign(function () {}, { prototype: Object.prototype }) as unknown as RowMaker
  return makers[width]
}

/** How rows are made of cells: a `RowShape` with names and decoders apart. */
export class RowLayout {
  readonly names: readonly string[]
  /** By column, null where values stay as stored. Null: all of them do. */
  readonly #decoders: readonly (Decode | null)[] | null
  readonly #Blank: RowMaker

  /** @throws StoreError `query/invalid` for a name that would change a row's prototype */
  constructor(names: readonly string[], decoders: readonly (Decode | null)[], sql: string) {
    if (names.includes('__proto__')) {
      throw invalid(`A result column is named __proto__; give it another, in: ${quoteSql(sql)}`, sql)
    }
    this.names = names
    this.#decoders = decoders.some((decode) => decode !== null) ? decoders : null
    this.#Blank = rowMaker(names.length)
  }

  /** The row whose cells begin at `start`. One order of writing the same names: one hidden class. */
  row(cells: readonly SqlValue[], start: number): Row {
    const names = this.names
    const decoders = this.#decoders
    const row = new this.#Blank()
    for (let column = 0; column < names.length; column++) {
      const value = cells[start + column] as SqlValue
      const decode = decoders === null || value === null ? null : decoders[column]
      row[names[column] as string] = decode ? decode(value as Exclude<SqlValue, null>) : value
    }
    return row
  }
}

const layouts = new WeakMap<RowShape, RowLayout>()

/** Shapes belong to query plans, which live long: each is taken apart once. */
export function layoutOf(shape: RowShape, columns: number, sql: string): RowLayout {
  let layout = layouts.get(shape)
  if (!layout) {
    layout = new RowLayout(
      shape.map((column) => column.name),
      shape.map((column) => column.decode),
      sql,
    )
    layouts.set(shape, layout)
  }
  if (shape.length === columns) return layout
  throw invalid(`The row shape has ${shape.length} columns but SQL gives ${columns}, in: ${quoteSql(sql)}`, sql)
}

function invalid(message: string, sql: string): StoreError {
  return new StoreError('query/invalid', message, { details: { sql: quoteSql(sql) } })
}
