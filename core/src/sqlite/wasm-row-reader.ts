import type { SqlValue } from './driver.ts'
import { type Pointer, SQLITE_ROW, type Sqlite3Exports } from './sqlite3.ts'
import { askValue } from './wasm-cells.ts'
import type { WasmConnection } from './wasm-connection.ts'
import {
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
  readsMem,
} from './wasm-mem.ts'
import type { WasmMemory } from './wasm-memory.ts'
import type { RowReader, TakeCells } from './wasm-rows.ts'
import { WasmTextBatch } from './wasm-text-batch.ts'

/** Cells gathered before rows are made of them; bounds the buffer. */
const cellCapacity = 8 * 1024

/**
 * Reads result rows in batches: cells first, with text left out; then all text of the batch in one decoding. Cells go
 * through flat arrays that are used again, so that a cell costs no object but its value.
 */
export class WasmRowReader implements RowReader {
  readonly #exports: Sqlite3Exports
  readonly #memory: WasmMemory
  readonly #text: WasmTextBatch
  readonly #cells: (SqlValue | undefined)[] = []
  busy = false

  /** Cells are read from memory, not by calls. */
  readonly #direct: boolean

  constructor(connection: WasmConnection) {
    this.#exports = connection.exports
    this.#memory = connection.memory
    this.#direct = readsMem(connection)
    this.#text = new WasmTextBatch(connection.memory)
  }

  close(): void {
    this.#text.close()
  }

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
    const x = this.#exports
    return askValue(x, this.#memory, x.sqlite3_column_value(statement, column) >>> 0, this.#addText)
  }

  readonly #addText = (address: Pointer, size: number): string | undefined => this.#text.add(address, size)
}
