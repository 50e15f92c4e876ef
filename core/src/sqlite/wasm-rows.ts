import type { RowChange, SqlValue } from './driver.ts'
import { type Pointer, SQLITE_ROW } from './sqlite3.ts'
import { askValue } from './wasm-cells.ts'
import type { WasmConnection } from './wasm-connection.ts'

/** Gets the cells of some whole rows, row by row; they are valid during the call. */
export type TakeCells = (cells: readonly SqlValue[], length: number) => void

/** Reads the rows of statements. */
export interface RowReader {
  /** Rows are being read: its buffers are taken. */
  readonly busy: boolean
  /**
   * Steps to the end; `take` gets every cell.
   *
   * @param code result of the step before
   * @returns the result of the last step
   */
  read(code: number, statement: Pointer, columns: number, take: TakeCells): number
  /** The first `columns` cells of the row that a statement stands on. Valid until the next read. */
  row(statement: Pointer, columns: number): readonly SqlValue[]
  close(): void
}

/** Tells of the rows that change, while it has a listener. */
export interface ChangeFeed {
  listener: ((change: RowChange) => void) | null
  /** After the connection was closed. */
  close(): void
}

/** What a wasm driver can do without at first. */
export interface WasmParts {
  /** Reads rows two to three times as fast as the calls for each cell do. */
  readonly rowReader: (connection: WasmConnection) => RowReader
}

/** Null while they are on their way. */
export type WasmPartsSource = () => WasmParts | null

/** Of a session's replica. */
export interface ReplicaParts extends WasmParts {
  readonly changeFeed: (connection: WasmConnection) => ChangeFeed
}

/** By calls for each cell; it has no buffers, and is never busy. */
export function plainRows({ exports: x, memory }: WasmConnection): RowReader {
  const text = (address: Pointer, size: number) => memory.shortText(address, size)
  function row(statement: Pointer, columns: number): SqlValue[] {
    const cells: SqlValue[] = []
    for (let column = 0; column < columns; column++)
      cells.push(askValue(x, memory, x.sqlite3_column_value(statement, column) >>> 0, text))
    return cells
  }
  return {
    busy: false,
    row,
    read(code, statement, columns, take) {
      let last = code
      while (last === SQLITE_ROW) {
        take(row(statement, columns), columns)
        last = x.sqlite3_step(statement)
      }
      return last
    },
    close() {},
  }
}
