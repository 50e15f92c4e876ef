import type { SqlValue } from './driver.ts'
import { type Pointer, SQLITE_ROW, type Sqlite3Exports } from './sqlite3.ts'
import {
  askCell,
  integerAt,
  isUtf8,
  MEM_BYTES,
  MEM_FLAGS,
  MEM_INTEGER,
  MEM_NULL,
  MEM_POINTER,
  MEM_REAL,
  MEM_SIZE,
  MEM_TYPE,
} from './wasm-cells.ts'
import type { WasmMemory } from './wasm-memory.ts'
import { WasmTextBatch } from './wasm-text-batch.ts'

/** Cells gathered before rows are made of them; bounds the buffer. */
const cellCapacity = 8 * 1024

/** Gets the cells of some whole rows, row by row; they are valid during the call. */
export type TakeCells = (cells: readonly SqlValue[], length: number) => void

/**
 * Reads result rows in batches: cells first, with text left out; then all text of the batch in one decoding. Cells go
 * through flat arrays that are used again, so that a cell costs no object but its value.
 */
export class WasmRowReader {
  readonly #exports: Sqlite3Exports
  readonly #memory: WasmMemory
  readonly #text: WasmTextBatch
  readonly #cells: (SqlValue | undefined)[] = []
  /** Rows are being read: the buffers are taken. */
  busy = false

  /** Cells are read from memory, not by calls: see `memLayoutHolds`. */
  readonly #direct: boolean

  constructor(exports: Sqlite3Exports, memory: WasmMemory, direct: boolean) {
    this.#exports = exports
    this.#memory = memory
    this.#direct = direct
    this.#text = new WasmTextBatch(memory)
  }

  close(): void {
    this.#text.close()
  }

  /**
   * Steps to the end; `take` gets every cell.
   *
   * @param code result of the step before
   * @returns the result of the last step
   */
  read(code: number, statement: Pointer, columns: number, take: TakeCells): number {
    const x = this.#exports
    const limit = cellCapacity - columns
    let last = code
    let length = 0
    this.busy = true
    try {
      while (last === SQLITE_ROW) {
        this.#gather(statement, columns, length)
        length += columns
        if (length > limit || this.#text.full) {
          this.#flush(length, take)
          length = 0
        }
        last = x.sqlite3_step(statement)
      }
      if (length > 0) this.#flush(length, take)
      return last
    } finally {
      this.#text.clear()
      this.busy = false
    }
  }

  /** The first `columns` cells of the row that a statement stands on. Valid until the next read. */
  row(statement: Pointer, columns: number): readonly SqlValue[] {
    this.#gather(statement, columns, 0)
    this.#text.fill(this.#cells, columns)
    return this.#cells as SqlValue[]
  }

  #flush(length: number, take: TakeCells): void {
    const cells = this.#cells
    this.#text.fill(cells, length)
    take(cells as SqlValue[], length)
    // Whoever got the values decides how long they live.
    cells.fill(null, 0, length)
  }

  /** Puts the cells of the current row at `start` of the batch. */
  #gather(statement: Pointer, columns: number, start: number): void {
    const cells = this.#cells
    if (!this.#direct) {
      for (let column = 0; column < columns; column++) cells[start + column] = this.#ask(statement, column)
      return
    }
    const { words } = this.#memory
    let mem = this.#exports.sqlite3_column_value(statement, 0) >>> 0
    for (let column = 0; column < columns; column++, mem += MEM_BYTES) {
      cells[start + column] = this.#cellAt(words, mem, statement, column)
    }
  }

  // A call may make memory grow, which empties `words`: flags read as 0 then, and the rest of the row is asked by calls.
  #cellAt(words: Int32Array, mem: Pointer, statement: Pointer, column: number): SqlValue | undefined {
    const flags = words[(mem + MEM_FLAGS) >> 2] as number
    if (isUtf8(flags)) {
      const size = words[(mem + MEM_SIZE) >> 2] as number
      return size === 0 ? '' : this.#text.add((words[(mem + MEM_POINTER) >> 2] as number) >>> 0, size)
    }
    switch (flags & MEM_TYPE) {
      case MEM_INTEGER:
        return integerAt(words, mem) ?? this.#ask(statement, column)
      case MEM_NULL:
        return null
      case MEM_REAL:
        return this.#memory.doubles[mem >> 3] as number
      default:
        return this.#ask(statement, column)
    }
  }

  /** Undefined for text that waits for its batch. */
  #ask(statement: Pointer, column: number): SqlValue | undefined {
    return askCell(this.#exports, this.#memory, statement, column, this.#addText)
  }

  readonly #addText = (address: Pointer, size: number): string | undefined => this.#text.add(address, size)
}
