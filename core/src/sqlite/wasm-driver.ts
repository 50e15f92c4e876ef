import { invariant } from '../base/assert.ts'
import type { Access, ChangesetRecorder, RowChange, SqliteDriver, SqliteStatement } from './driver.ts'
import type { Sqlite3Static } from './sqlite3.ts'
import { WasmChangeFeed } from './wasm-change-feed.ts'
import { applyChangeset, invertByWasm } from './wasm-changesets.ts'
import { WasmConnection } from './wasm-connection.ts'
import { readImage, replaceByImage } from './wasm-image.ts'
import { WasmRecorder } from './wasm-recorder.ts'
import { WasmStatement } from './wasm-statement.ts'

/**
 * Opens a database with an initialised `@sqlite.org/sqlite-wasm` module, through its raw exports.
 *
 * @param filename `:memory:` or a name that the VFS understands
 * @param options.vfs name of a registered VFS; the module's default otherwise
 * @param options.exclusive this connection alone uses the file, until it is closed: WAL then needs no shared memory, which OPFS has not
 * @throws StoreError `storage/*` when the file cannot be opened
 * @example
 * const driver = openWasmDriver(await sqlite3InitModule())
 */
export function openWasmDriver(
  sqlite3: Sqlite3Static,
  filename = ':memory:',
  options: { readonly vfs?: string; readonly exclusive?: boolean } = {},
): SqliteDriver {
  return new WasmDriver(new WasmConnection(sqlite3, filename, options.vfs ?? null, options.exclusive ?? false))
}

class WasmDriver implements SqliteDriver {
  readonly feed = 'hook'
  readonly #connection: WasmConnection
  readonly #changes: WasmChangeFeed
  readonly #recorders = new Set<WasmRecorder>()

  constructor(connection: WasmConnection) {
    this.#connection = connection
    this.#changes = new WasmChangeFeed(connection)
  }

  exec(sql: string): void {
    this.#connection.exec(sql)
  }

  prepare(sql: string, access: Access | null = null): SqliteStatement {
    const connection = this.#connection
    connection.assertOpen()
    const cached = connection.cache.get(sql, access)
    if (cached !== null) return cached
    const statement = new WasmStatement(connection, sql, access)
    connection.cache.put(statement)
    return statement
  }

  transaction<T>(run: () => T): T {
    const connection = this.#connection
    connection.assertOpen()
    invariant(this.#idle, 'a transaction within a transaction or savepoint')
    this.prepare('BEGIN IMMEDIATE').run()
    try {
      const result = run()
      this.prepare('COMMIT').run()
      return result
    } catch (error) {
      // SQLite has rolled back by itself after some failures of the environment.
      if (!connection.closed && !this.#idle) this.prepare('ROLLBACK').run()
      throw error
    }
  }

  watch(listener: ((change: RowChange) => void) | null): void {
    this.#connection.assertOpen()
    invariant(listener === null || this.#recorders.size === 0, 'changes are watched while a recorder is open')
    this.#changes.listener = listener
  }

  record(tables: readonly string[]): ChangesetRecorder {
    this.#connection.assertOpen()
    invariant(this.#changes.listener === null, 'a recorder is opened while changes are watched')
    const recorder: WasmRecorder = new WasmRecorder(this.#connection, tables, () => this.#recorders.delete(recorder))
    this.#recorders.add(recorder)
    return recorder
  }

  apply(changeset: Uint8Array): void {
    this.#connection.assertOpen()
    applyChangeset(this.#connection, changeset)
  }

  invert(changeset: Uint8Array): Uint8Array {
    this.#connection.assertOpen()
    return invertByWasm(this.#connection, changeset)
  }

  serialize(schema = 'main'): Uint8Array {
    this.#connection.assertOpen()
    return readImage(this.#connection, schema)
  }

  deserialize(bytes: Uint8Array, schema = 'main'): void {
    this.#connection.assertOpen()
    replaceByImage(this.#connection, bytes, schema)
  }

  close(): void {
    if (this.#connection.closed) return
    for (const recorder of this.#recorders) recorder.close()
    this.#changes.listener = null
    this.#connection.close()
    this.#changes.close()
  }

  /** No transaction and no savepoint is open. */
  get #idle(): boolean {
    return this.#connection.exports.sqlite3_get_autocommit(this.#connection.database) !== 0
  }
}
