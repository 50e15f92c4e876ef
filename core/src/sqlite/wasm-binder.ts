import { fitsInt64, wrongBind, wrongBindCount } from './bind-values.ts'
import type { Binds } from './driver.ts'
import { sqliteError } from './result-codes.ts'
import { type Pointer, SQLITE_STATIC, SQLITE_TRANSIENT, type Sqlite3Exports } from './sqlite3.ts'
import type { WasmMemory } from './wasm-memory.ts'

/** Bytes for the strings and blobs of one execution; longer ones go through memory of their own. */
const scratchSize = 64 * 1024

/** Strings up to this many characters are written by a loop, which beats `encodeInto` and its view for ASCII. */
const loopedLength = 48

/**
 * Binds values to parameters. Strings and blobs are written to one scratch buffer that stays in place until the
 * execution is done, so that SQLite need not copy them. Used as a stack: an execution within another one (from a change
 * listener) takes the room after it.
 */
export class WasmBinder {
  readonly #exports: Sqlite3Exports
  readonly #memory: WasmMemory
  readonly #start: Pointer
  readonly #end: Pointer
  #top: Pointer

  constructor(exports: Sqlite3Exports, memory: WasmMemory) {
    this.#exports = exports
    this.#memory = memory
    this.#start = memory.allocate(scratchSize)
    this.#end = this.#start + scratchSize
    this.#top = this.#start
  }

  /** What `release` takes back to. */
  get mark(): Pointer {
    return this.#top
  }

  /** Ends an execution: its strings may be written over. */
  release(mark: Pointer): void {
    this.#top = mark
  }

  /**
   * Binds all parameters. The bytes stay valid until `release`.
   *
   * @returns whether SQLite holds copies that the caller should clear
   * @throws StoreError `query/invalid` for a wrong count or a value that SQLite has no type for
   */
  bind(statement: Pointer, binds: Binds, parameters: number, sql: string): boolean {
    if (binds.length !== parameters) throw wrongBindCount(binds.length, parameters, sql)
    let copied = false
    for (let index = 0; index < parameters; index++) {
      const value = binds[index]
      let code = typeof value === 'string' ? this.#bindText(statement, index + 1, value) : -1
      if (code < 0) {
        const long = typeof value === 'string' || value instanceof Uint8Array
        copied ||= long
        code = long ? this.#bindCopy(statement, index + 1, value) : this.#bindNumber(statement, index + 1, value)
        if (code < 0) throw wrongBind(value, index, sql)
      }
      if (code !== 0) throw sqliteError(code, 'binding failed', 'bind', sql)
    }
    return copied
  }

  /** Binds text from the scratch buffer; -1 when there is no room. */
  #bindText(statement: Pointer, parameter: number, text: string): number {
    let size = text.length <= loopedLength ? this.#writeAscii(text) : -1
    if (size < 0) {
      if (text.length * 3 > this.#end - this.#top) return -1
      size = this.#memory.encode(text, this.#top, text.length * 3)
    }
    const start = this.#top
    this.#top += size
    return this.#exports.sqlite3_bind_text(statement, parameter, start, size, SQLITE_STATIC)
  }

  /** Binds null or a number; -1 for what SQLite has no type for. */
  #bindNumber(statement: Pointer, parameter: number, value: unknown): number {
    const x = this.#exports
    if (value === null) return x.sqlite3_bind_null(statement, parameter)
    if (typeof value === 'bigint') return fitsInt64(value) ? x.sqlite3_bind_int64(statement, parameter, value) : -1
    if (typeof value !== 'number' || Number.isNaN(value)) return -1
    if ((value | 0) === value) return x.sqlite3_bind_int(statement, parameter, value)
    if (Number.isSafeInteger(value)) return x.sqlite3_bind_int64(statement, parameter, BigInt(value))
    return x.sqlite3_bind_double(statement, parameter, value)
  }

  /** Writes a short string if it is all ASCII and there is room; gives its size, or -1. */
  #writeAscii(text: string): number {
    const length = text.length
    if (length > this.#end - this.#top) return -1
    const bytes = this.#memory.bytes
    const top = this.#top
    let units = 0
    for (let at = 0; at < length; at++) {
      const unit = text.charCodeAt(at)
      units |= unit
      bytes[top + at] = unit
    }
    return units > 0x7f ? -1 : length
  }

  /** Has SQLite copy what is too long for the buffer. */
  #bindCopy(statement: Pointer, parameter: number, value: string | Uint8Array): number {
    const x = this.#exports
    if (typeof value === 'string') {
      return this.#memory.withText(value, (text, size) =>
        x.sqlite3_bind_text(statement, parameter, text, size, SQLITE_TRANSIENT),
      )
    }
    const blob = this.#memory.copyIn(value)
    try {
      return x.sqlite3_bind_blob(statement, parameter, blob, value.length, SQLITE_TRANSIENT)
    } finally {
      this.#memory.free(blob)
    }
  }

  close(): void {
    this.#memory.free(this.#start)
  }
}
