import { invariant } from '../base/assert.ts'
import { assertImage, markWithoutWal } from './database-image.ts'
import type { Access, ChangesetRecorder, RowChange, SqliteDriver, SqliteStatement } from './driver.ts'
import { SQLITE_DESERIALIZE_FREEONCLOSE, SQLITE_DESERIALIZE_RESIZEABLE, type Sqlite3Static } from './sqlite3.ts'
import { WasmChangesets } from './wasm-changesets.ts'
import { WasmConnection, type WasmOptions } from './wasm-connection.ts'
import type { ChangeFeed, ReplicaParts } from './wasm-rows.ts'
import { WasmStatement } from './wasm-statement.ts'

/** A database in memory for a session's replica: it tells of changed rows, and has no changesets. Smaller than `openWasmDriver`. */
export function openWasmReplica(sqlite3: Sqlite3Static, parts: () => ReplicaParts | null): SqliteDriver {
  const connection = new WasmConnection(sqlite3, ':memory:', { parts })
  const feed = () => {
    const loaded = parts()
    invariant(loaded, 'rows are watched before the code for it is there')
    return loaded.changeFeed(connection)
  }
  return new WasmDriver(connection, feed, null)
}

/** A database for a leader: it has changesets, and tells nobody of changed rows. Like `openWasmDriver` otherwise, and smaller. */
export function openWasmFile(sqlite3: Sqlite3Static, filename = ':memory:', options: WasmOptions = {}): SqliteDriver {
  const connection = new WasmConnection(sqlite3, filename, options)
  return new WasmDriver(connection, null, new WasmChangesets(connection))
}

type MakeFeed = (connection: WasmConnection) => ChangeFeed

/** @internal */
export class WasmDriver implements SqliteDriver {
  readonly feed = 'hook'
  readonly #connection: WasmConnection
  readonly #feed: MakeFeed | null
  #changes: ChangeFeed | null = null
  readonly #changesets: WasmChangesets | null

  constructor(connection: WasmConnection, feed: MakeFeed | null, changesets: WasmChangesets | null) {
    this.#connection = connection
    this.#feed = feed
    this.#changesets = changesets
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
    invariant(this.#feed, 'a file of a leader is watched')
    invariant(listener === null || !this.#changesets?.recording, 'changes are watched while a recorder is open')
    this.#changes ??= this.#feed(this.#connection)
    this.#changes.listener = listener
  }

  record(tables: readonly string[]): ChangesetRecorder {
    const changesets = this.#withChangesets()
    invariant(!this.#changes?.listener, 'a recorder is opened while changes are watched')
    return changesets.record(tables)
  }

  apply(changeset: Uint8Array): void {
    this.#withChangesets().apply(changeset)
  }

  invert(changeset: Uint8Array): Uint8Array {
    return this.#withChangesets().invert(changeset)
  }

  serialize(schema = 'main'): Uint8Array {
    return this.#withChangesets().serialize(schema)
  }

  deserialize(image: Uint8Array, schema = 'main'): void {
    const connection = this.#connection
    connection.assertOpen()
    assertImage(image)
    const { exports, memory, database } = connection
    const bytes = memory.copyIn(image)
    markWithoutWal(memory.bytes, bytes)
    const size = BigInt(image.length)
    // SQLite owns the bytes from here on, also when it fails.
    const flags = SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE
    const code = memory.withText(schema, (name) =>
      exports.sqlite3_deserialize(database, name, bytes, size, size, flags),
    )
    if (code !== 0) throw connection.failure(code, 'run', `deserialize ${schema}`)
    // Reads the header and the schema: a damaged image is found now.
    connection.exec(`SELECT count(*) FROM "${schema.replaceAll('"', '""')}".sqlite_schema`)
  }

  close(): void {
    if (this.#connection.closed) return
    this.#changesets?.close()
    if (this.#changes) this.#changes.listener = null
    this.#connection.close()
    this.#changes?.close()
  }

  #withChangesets(): WasmChangesets {
    this.#connection.assertOpen()
    invariant(this.#changesets, 'a replica of a session has no changesets')
    return this.#changesets
  }

  /** No transaction and no savepoint is open. */
  get #idle(): boolean {
    return this.#connection.exports.sqlite3_get_autocommit(this.#connection.database) !== 0
  }
}
