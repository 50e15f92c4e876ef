import { invariant } from '../base/assert.ts'
import { assertImage, markWithoutWal } from './database-image.ts'
import type { Access, ReplicaDriver, RowChange, SqliteStatement } from './driver.ts'
import { SQLITE_DESERIALIZE_FREEONCLOSE, SQLITE_DESERIALIZE_RESIZEABLE, type Sqlite3Static } from './sqlite3.ts'
import { WasmConnection } from './wasm-connection.ts'
import type { ChangeFeed, ReplicaParts } from './wasm-rows.ts'
import { WasmStatement } from './wasm-statement.ts'

/** A database in memory for a session's replica: it tells of changed rows, and has no changesets. Smaller than `openWasmDriver`. */
export function openWasmReplica(sqlite3: Sqlite3Static, parts: () => ReplicaParts | null): ReplicaDriver {
  const connection = new WasmConnection(sqlite3, ':memory:', { parts })
  const feed = () => {
    const loaded = parts()
    invariant(loaded, 'rows are watched before the code for it is there')
    return loaded.changeFeed(connection)
  }
  return new WasmDriver(connection, feed)
}

export type MakeFeed = (connection: WasmConnection) => ChangeFeed

/** @internal */
export class WasmDriver implements ReplicaDriver {
  readonly feed = 'hook'
  protected readonly connection: WasmConnection
  readonly #feed: MakeFeed
  #changes: ChangeFeed | null = null

  constructor(connection: WasmConnection, feed: MakeFeed) {
    this.connection = connection
    this.#feed = feed
  }

  /** Somebody hears of changed rows. */
  get watched(): boolean {
    return !!this.#changes?.listener
  }

  exec(sql: string): void {
    this.connection.exec(sql)
  }

  prepare(sql: string, access: Access | null = null): SqliteStatement {
    const connection = this.connection
    connection.assertOpen()
    const cached = connection.cache.get(sql, access)
    if (cached !== null) return cached
    const statement = new WasmStatement(connection, sql, access)
    connection.cache.put(statement)
    return statement
  }

  watch(listener: ((change: RowChange) => void) | null): void {
    this.connection.assertOpen()
    this.#changes ??= this.#feed(this.connection)
    this.#changes.listener = listener
  }

  deserialize(image: Uint8Array, schema = 'main'): void {
    const connection = this.connection
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
    if (this.connection.closed) return
    if (this.#changes) this.#changes.listener = null
    this.connection.close()
    this.#changes?.close()
  }
}
