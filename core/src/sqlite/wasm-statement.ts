import { invariant } from '../base/assert.ts'
import type { Access, Binds, ColumnRead, Row, RowShape, SqliteStatement, SqlValue } from './driver.ts'
import { layoutOf, RowLayout } from './row-shape.ts'
import { type Pointer, SQLITE_DONE, SQLITE_ROW, SQLITE_STMTSTATUS_REPREPARE } from './sqlite3.ts'
import type { CachedStatement } from './statement-cache.ts'
import type { WasmConnection } from './wasm-connection.ts'

const noBinds: Binds = []

/** A prepared statement of the wasm module; see `SqliteStatement`. */
export class WasmStatement implements SqliteStatement, CachedStatement {
  readonly sql: string
  readonly access: Access | null
  readonly #connection: WasmConnection
  /** 0: finalized by the cache, compiled again at the next use. */
  #pointer: Pointer = 0
  #parameters = 0
  /** Names of the columns, nothing decoded. */
  #layout = new RowLayout([], [], '')
  /** The shape asked for last, and its layout. */
  #shape: RowShape | undefined
  #shaped = this.#layout
  #reads: readonly ColumnRead[] = []
  /** How often SQLite compiled it again by itself. */
  #recompilations = 0
  used = 0
  #busy = false
  /** SQLite holds copies of long values that were bound. */
  #copied = false

  /** @throws StoreError `query/invalid` when the SQL does not compile or is refused */
  constructor(connection: WasmConnection, sql: string, access: Access | null) {
    this.#connection = connection
    this.sql = sql
    this.access = access
    this.#compile()
  }

  get busy(): boolean {
    return this.#busy
  }

  get columns(): readonly string[] {
    return this.#layout.names
  }

  get reads(): readonly ColumnRead[] {
    return this.#reads
  }

  run(binds: Binds = noBinds): void {
    const connection = this.#connection
    const x = connection.exports
    const mark = this.#begin(binds)
    try {
      let code = x.sqlite3_step(this.#pointer)
      while (code === SQLITE_ROW) code = x.sqlite3_step(this.#pointer)
      if (code !== SQLITE_DONE) throw connection.failure(code, 'run', this.sql)
    } finally {
      this.#end(mark)
    }
  }

  rows(binds: Binds = noBinds, shape?: RowShape): Row[] {
    const rows: Row[] = []
    const mark = this.#begin(binds)
    try {
      const code = this.#firstStep()
      const layout = this.#layoutFor(shape)
      const columns = layout.names.length
      this.#read(code, columns, (cells, length) => {
        for (let start = 0; start < length; start += columns) rows.push(layout.row(cells, start))
      })
    } finally {
      this.#end(mark)
    }
    return rows
  }

  row(binds: Binds = noBinds, shape?: RowShape): Row | undefined {
    const mark = this.#begin(binds)
    try {
      if (!this.#hasRow()) return undefined
      const layout = this.#layoutFor(shape)
      return layout.row(this.#connection.reader().row(this.#pointer, layout.names.length), 0)
    } finally {
      this.#end(mark)
    }
  }

  values(binds: Binds = noBinds): SqlValue[][] {
    const rows: SqlValue[][] = []
    const mark = this.#begin(binds)
    try {
      const code = this.#firstStep()
      const columns = this.columns.length
      this.#read(code, columns, (cells, length) => {
        for (let start = 0; start < length; start += columns) rows.push(cells.slice(start, start + columns))
      })
    } finally {
      this.#end(mark)
    }
    return rows
  }

  value(binds: Binds = noBinds): SqlValue | undefined {
    const mark = this.#begin(binds)
    try {
      return this.#hasRow() ? this.#connection.reader().row(this.#pointer, 1)[0] : undefined
    } finally {
      this.#end(mark)
    }
  }

  finalize(): void {
    this.#connection.exports.sqlite3_finalize(this.#pointer)
    this.#pointer = 0
  }

  #compile(): void {
    const { pointer, reads } = this.#connection.compile(this.sql, this.access)
    const x = this.#connection.exports
    this.#pointer = pointer
    this.#reads = reads
    this.#recompilations = 0
    this.#parameters = x.sqlite3_bind_parameter_count(pointer)
    this.#nameColumns()
  }

  #nameColumns(): void {
    this.#layout = new RowLayout(this.#connection.columnNames(this.#pointer), [], this.sql)
    this.#shape = undefined
    this.#shaped = this.#layout
  }

  #layoutFor(shape: RowShape | undefined): RowLayout {
    if (shape !== this.#shape) {
      this.#shaped = shape ? layoutOf(shape, this.columns.length, this.sql) : this.#layout
      this.#shape = shape
    }
    return this.#shaped
  }

  /** Binds; gives the mark that `#end` wants. */
  #begin(binds: Binds): number {
    const connection = this.#connection
    connection.assertOpen()
    if (this.#busy) invariant(false, `a statement is used while it runs: ${this.sql}`)
    if (this.#pointer === 0) {
      this.#compile()
      connection.cache.put(this)
    }
    const mark = connection.binder.mark
    try {
      this.#copied = connection.binder.bind(this.#pointer, binds, this.#parameters, this.sql)
    } catch (error) {
      connection.binder.release(mark)
      throw error
    }
    this.#busy = true
    connection.running++
    return mark
  }

  // Within the first step SQLite compiles anew if the schema has changed: `select *` may have other columns then.
  #firstStep(): number {
    const x = this.#connection.exports
    const code = x.sqlite3_step(this.#pointer)
    const recompilations = x.sqlite3_stmt_status(this.#pointer, SQLITE_STMTSTATUS_REPREPARE, 0)
    if (recompilations !== this.#recompilations) {
      this.#recompilations = recompilations
      this.#nameColumns()
    }
    return code
  }

  /** Steps to the first row; false when there is none. */
  #hasRow(): boolean {
    const code = this.#firstStep()
    if (code !== SQLITE_ROW && code !== SQLITE_DONE) throw this.#connection.failure(code, 'read', this.sql)
    return code === SQLITE_ROW
  }

  #read(code: number, columns: number, take: (cells: readonly SqlValue[], length: number) => void): void {
    const connection = this.#connection
    const last = code === SQLITE_ROW ? connection.reader().read(code, this.#pointer, columns, take) : code
    if (last !== SQLITE_DONE) throw connection.failure(last, 'read', this.sql)
  }

  #end(mark: number): void {
    const connection = this.#connection
    connection.exports.sqlite3_reset(this.#pointer)
    if (this.#copied) connection.exports.sqlite3_clear_bindings(this.#pointer)
    connection.binder.release(mark)
    connection.running--
    this.#busy = false
    connection.throwListenerError()
  }
}
