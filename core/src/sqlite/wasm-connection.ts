import { invariant } from '../base/assert.ts'
import { DEVELOPMENT } from '../base/development.ts'
import { Authorizer } from './authorizer.ts'
import type { Access, ColumnRead } from './driver.ts'
import { closedError, refusedError, type SqliteTask, sqliteError } from './result-codes.ts'
import {
  type Pointer,
  SQLITE_OPEN_CREATE,
  SQLITE_OPEN_EXRESCODE,
  SQLITE_OPEN_READWRITE,
  SQLITE_PREPARE_PERSISTENT,
  type Sqlite3Exports,
  type Sqlite3Static,
} from './sqlite3.ts'
import { StatementCache } from './statement-cache.ts'
import { isBlankSql, namedParameterError, noStatementError, secondStatementError } from './statement-text.ts'
import { WasmBinder } from './wasm-binder.ts'
import { WasmMemory } from './wasm-memory.ts'
import { plainRows, type RowReader, type WasmPartsSource } from './wasm-rows.ts'
import type { WasmStatement } from './wasm-statement.ts'

const statementCapacity = 512

/** What the parts of the wasm driver share: one open connection, its memory, binder, readers, cache and authorizer. */
export class WasmConnection {
  readonly sqlite3: Sqlite3Static
  readonly exports: Sqlite3Exports
  readonly memory: WasmMemory
  readonly binder: WasmBinder
  readonly cache = new StatementCache<WasmStatement>(statementCapacity)
  readonly database: Pointer
  /** Two words where C functions leave results; taken by one call at a time. */
  readonly output: Pointer
  /** Statements that run right now, one within the other. */
  running = 0
  readonly #authorizer = new Authorizer()
  readonly #authorizerFunction: Pointer
  readonly #parts: WasmPartsSource
  readonly #plain: RowReader
  readonly #readers: RowReader[] = []
  #closed = false
  #listenerError: { readonly thrown: unknown } | null = null

  /**
   * @param parts what comes later; while it gives null, cells are asked one by one
   * @param vfs name of a registered VFS; the module's default otherwise
   * @throws StoreError `storage/*` when SQLite cannot open the file
   */
  constructor(sqlite3: Sqlite3Static, filename: string, parts: WasmPartsSource, vfs?: string) {
    this.sqlite3 = sqlite3
    this.exports = sqlite3.wasm.exports as Sqlite3Exports
    this.memory = new WasmMemory(sqlite3)
    this.output = this.memory.allocate(8)
    this.database = this.#open(filename, vfs)
    this.binder = new WasmBinder(this.exports, this.memory)
    this.#parts = parts
    this.#plain = plainRows(this)
    this.#authorizerFunction = sqlite3.wasm.installFunction(
      'i(pipppp)',
      (_argument: Pointer, code: number, first: Pointer, second: Pointer) =>
        this.#authorizer.decide(code, this.memory.text(first), this.memory.text(second)),
    )
    this.exports.sqlite3_set_authorizer(this.database, this.#authorizerFunction, 0)
  }

  assertOpen(): void {
    if (this.#closed) throw closedError()
  }

  get closed(): boolean {
    return this.#closed
  }

  /** A reader that is free; more than one is needed only within a change listener. */
  reader(): RowReader {
    for (const reader of this.#readers) if (!reader.busy) return reader
    const parts = this.#parts()
    if (!parts) return this.#plain
    const reader = parts.rowReader(this)
    this.#readers.push(reader)
    return reader
  }

  /** Compiles exactly one statement. */
  compile(sql: string, access: Access | null): { pointer: Pointer; reads: readonly ColumnRead[] } {
    const { result, reads, refusal } = this.#authorizer.compile(access, () => this.#prepare(sql))
    if (result.code !== 0) {
      throw refusal === null ? this.failure(result.code, 'prepare', sql) : refusedError(refusal, sql)
    }
    if (result.pointer === 0) throw noStatementError(sql)
    try {
      if (!isBlankSql(result.tail)) throw secondStatementError(sql)
      if (DEVELOPMENT) this.#assertParameters(result.pointer, sql)
    } catch (error) {
      this.exports.sqlite3_finalize(result.pointer)
      throw error
    }
    return { pointer: result.pointer, reads }
  }

  #prepare(sql: string): { code: number; pointer: Pointer; tail: string } {
    const { memory, exports, output } = this
    return memory.withText(sql, (text, size) => {
      const code = exports.sqlite3_prepare_v3(
        this.database,
        text,
        size + 1,
        SQLITE_PREPARE_PERSISTENT,
        output,
        output + 4,
      )
      const end = memory.word(output + 4)
      const used = end === 0 ? size : end - text
      return { code, pointer: memory.word(output), tail: used < size ? memory.decode(text + used, size - used) : '' }
    })
  }

  #assertParameters(statement: Pointer, sql: string): void {
    const count = this.exports.sqlite3_bind_parameter_count(statement)
    for (let parameter = 1; parameter <= count; parameter++) {
      const name = this.memory.text(this.exports.sqlite3_bind_parameter_name(statement, parameter))
      if (name !== null && !name.startsWith('?')) throw namedParameterError(name, sql)
    }
  }

  columnNames(statement: Pointer): string[] {
    const names: string[] = []
    const count = this.exports.sqlite3_column_count(statement)
    for (let column = 0; column < count; column++) {
      names.push(this.memory.text(this.exports.sqlite3_column_name(statement, column)) ?? '')
    }
    return names
  }

  exec(sql: string): void {
    this.assertOpen()
    const code = this.memory.withText(sql, (text) => this.exports.sqlite3_exec(this.database, text, 0, 0, 0))
    if (code !== 0) throw this.failure(code, 'run', sql)
    this.throwListenerError()
  }

  /** The error of the call that gave this result code; to be made before the next call. */
  failure(code: number, task: SqliteTask, sql: string): Error {
    return sqliteError(code, this.memory.text(this.exports.sqlite3_errmsg(this.database)) ?? 'no message', task, sql)
  }

  /** Keeps what a change listener threw until SQLite has returned: throwing through its frames would break it. */
  keepListenerError(thrown: unknown): void {
    this.#listenerError ??= { thrown }
  }

  throwListenerError(): void {
    if (this.#listenerError === null || this.running > 0) return
    const { thrown } = this.#listenerError
    this.#listenerError = null
    throw thrown
  }

  close(): void {
    if (this.#closed) return
    invariant(this.running === 0, 'the connection is closed while a statement runs')
    this.#closed = true
    this.#finalizeAll()
    this.exports.sqlite3_close_v2(this.database)
    this.sqlite3.wasm.uninstallFunction(this.#authorizerFunction)
    for (const reader of this.#readers) reader.close()
    this.binder.close()
    this.memory.free(this.output)
  }

  /** Those too that are in no cache: compiled again while another of the same text was running. */
  #finalizeAll(): void {
    for (;;) {
      const statement = this.exports.sqlite3_next_stmt(this.database, 0)
      if (statement === 0) return
      this.exports.sqlite3_finalize(statement)
    }
  }

  #open(filename: string, vfs?: string): Pointer {
    const { memory, exports, output } = this
    const flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXRESCODE
    const open = (vfsName: Pointer) =>
      memory.withText(filename, (name) => exports.sqlite3_open_v2(name, output, flags, vfsName))
    const code = vfs === undefined ? open(0) : memory.withText(vfs, open)
    const database = memory.word(output)
    if (code === 0) return database
    const message = memory.text(database === 0 ? exports.sqlite3_errstr(code) : exports.sqlite3_errmsg(database))
    exports.sqlite3_close_v2(database)
    memory.free(output)
    throw sqliteError(code, message ?? 'cannot open', 'run', `open ${filename}`)
  }
}
