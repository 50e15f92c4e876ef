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
    const x = this.#exports
    let copied = false
    for (let index = 0; index < parameters; index++) {
      const value = binds[index]
      let code: number
      if (typeof value === 'string') {
        const size = value.length <= loopedLength ? this.#writeAscii(value) : -1
        if (size >= 0) {
          code = x.sqlite3_bind_text(statement, index + 1, this.#top, size, SQLITE_STATIC)
          this.#top += size
        } else if (value.length * 3 <= this.#end - this.#top) {
          const written = this.#memory.encode(value, this.#top, value.length * 3)
          code = x.sqlite3_bind_text(statement, index + 1, this.#top, written, SQLITE_STATIC)
          this.#top += written
        } else {
          code = this.#bindLongText(statement, index + 1, value)
          copied = true
        }
      } else if (typeof value === 'number') {
        if ((value | 0) === value) code = x.sqlite3_bind_int(statement, index + 1, value)
        else if (Number.isSafeInteger(value)) code = x.sqlite3_bind_int64(statement, index + 1, BigInt(value))
        else if (Number.isNaN(value)) throw wrongBind(value, index, sql)
        else code = x.sqlite3_bind_double(statement, index + 1, value)
      } else if (value === null) {
        code = x.sqlite3_bind_null(statement, index + 1)
      } else if (typeof value === 'bigint') {
        if (!fitsInt64(value)) throw wrongBind(value, index, sql)
        code = x.sqlite3_bind_int64(statement, index + 1, value)
      } else if (value instanceof Uint8Array) {
        code = this.#bindBlob(statement, index + 1, value)
        copied = true
      } else {
        throw wrongBind(value, index, sql)
      }
      if (code !== 0) throw sqliteError(code, 'binding failed', 'bind', sql)
    }
    return copied
  }

  /** Writes a short string if it is all ASCII and there is room; gives its size, or -1. */
  #writeAscii(text: string): number {
    const length = text.length
    if (length > this.#end - this.#top) return -1
    const bytes = this.#memory.bytes
    const top = this.#top
    for (let at = 0; at < length; at++) {
      const unit = text.charCodeAt(at)
      if (unit > 0x7f) return -1
      bytes[top + at] = unit
    }
    return length
  }

  #bindLongText(statement: Pointer, parameter: number, text: string): number {
    return this.#memory.withText(text, (pointer, size) =>
      this.#exports.sqlite3_bind_text(statement, parameter, pointer, size, SQLITE_TRANSIENT),
    )
  }

  #bindBlob(statement: Pointer, parameter: number, blob: Uint8Array): number {
    const pointer = this.#memory.copyIn(blob)
    try {
      return this.#exports.sqlite3_bind_blob(statement, parameter, pointer, blob.length, SQLITE_TRANSIENT)
    } finally {
      this.#memory.free(pointer)
    }
  }

  close(): void {
    this.#memory.free(this.#start)
  }
}
