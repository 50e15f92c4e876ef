import type { Access, ReplicaDriver, RowChange, SqliteStatement } from './driver.ts'
import {
  type Pointer,
  SQLITE_DESERIALIZE_FREEONCLOSE,
  SQLITE_DESERIALIZE_RESIZEABLE,
  type Sqlite3Static,
} from './sqlite3.ts'
import { WasmConnection } from './wasm-connection.ts'
import type { ChangeFeed, ReplicaParts } from './wasm-rows.ts'
import { WasmStatement } from './wasm-statement.ts'

/** A database in memory for a session's replica: it tells of changed rows, and has no changesets. Smaller than `openWasmDriver`. */
export function openWasmReplica(sqlite3: Sqlite3Static, parts: () => ReplicaParts | null): ReplicaDriver {
  const connection = new WasmConnection(sqlite3, ':memory:', parts)
  // Who watches rows came with the code for it.
  return new WasmDriver(connection, () => (parts() as ReplicaParts).changeFeed(connection))
}

export type MakeFeed = (connection: WasmConnection) => ChangeFeed

/** @internal */
export class WasmDriver implements ReplicaDriver {
  readonly feed = 'hook'
  protected readonly connection: WasmConnection
  readonly #feed: MakeFeed
  protected changes: ChangeFeed | null = null

  constructor(connection: WasmConnection, feed: MakeFeed) {
    this.connection = connection
    this.#feed = feed
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
    this.changes ??= this.#feed(this.connection)
    this.changes.listener = listener
  }

  /** Makes an image ready, which is in memory already. A leader's images are. */
  protected admit(_memory: Uint8Array, _start: Pointer): void {}

  deserialize(image: Uint8Array, schema = 'main'): void {
    const connection = this.connection
    connection.assertOpen()
    const { exports, memory, database } = connection
    const bytes = memory.copyIn(image)
    this.admit(memory.bytes, bytes)
    const size = BigInt(image.length)
    // SQLite owns the bytes from here on, also when it fails.
    const flags = SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE
    const code = memory.withText(schema, (name) =>
      exports.sqlite3_deserialize(database, name, bytes, size, size, flags),
    )
    if (code !== 0) throw connection.failure(code, 'run', `deserialize ${schema}`)
    // Reads the header and the schema: a damaged image is found now.
    connection.exec(`SELECT count(*) FROM ${schema}.sqlite_schema`)
  }

  close(): void {
    if (this.connection.closed) return
    if (this.changes) this.changes.listener = null
    this.connection.close()
    this.changes?.close()
  }
}
