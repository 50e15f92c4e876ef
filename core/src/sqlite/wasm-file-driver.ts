import { invariant } from '../base/assert.ts'
import { assertImage, markWithoutWal } from './database-image.ts'
import type { ChangesetRecorder, RowChange, SqliteDriver } from './driver.ts'
import type { Pointer, Sqlite3Static } from './sqlite3.ts'
import { WasmChangesets } from './wasm-changesets.ts'
import { WasmConnection } from './wasm-connection.ts'
import { type MakeFeed, WasmDriver } from './wasm-driver.ts'
import type { WasmPartsSource } from './wasm-rows.ts'

/** How a database is opened. */
export interface WasmOptions {
  /** Name of a registered VFS; the module's default otherwise. */
  readonly vfs?: string
  /** This connection alone uses the file, until it is closed: WAL then needs no shared memory, which OPFS has not. */
  readonly exclusive?: boolean
  /** What comes later; without it cells are asked one by one. */
  readonly parts?: WasmPartsSource
}

/** A database for a leader: it has changesets, and tells nobody of changed rows. Like `openWasmDriver` otherwise, and smaller. */
export function openWasmFile(sqlite3: Sqlite3Static, filename = ':memory:', options: WasmOptions = {}): SqliteDriver {
  return new WasmFileDriver(openFile(sqlite3, filename, options), unwatched)
}

/**
 * @internal
 * @throws StoreError `storage/*` when SQLite cannot open or read the file
 */
export function openFile(
  sqlite3: Sqlite3Static,
  filename: string,
  { vfs, exclusive, parts = () => null }: WasmOptions,
): WasmConnection {
  const connection = new WasmConnection(sqlite3, filename, parts, vfs)
  try {
    // Before anything reads the file: one in WAL mode cannot be read without shared memory otherwise.
    if (exclusive) connection.exec('PRAGMA locking_mode = exclusive')
    // The first to read the file, which may be damaged: it is not to stay locked.
    connection.exec('SELECT count(*) FROM sqlite_schema')
    return connection
  } catch (thrown) {
    connection.close()
    throw thrown
  }
}

const unwatched: MakeFeed = () => {
  invariant(false, 'a file of a leader is watched')
}

/** @internal */
export class WasmFileDriver extends WasmDriver implements SqliteDriver {
  readonly #changesets = new WasmChangesets(this.connection)

  transaction<T>(run: () => T): T {
    const connection = this.connection
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

  override watch(listener: ((change: RowChange) => void) | null): void {
    invariant(listener === null || !this.#changesets.recording, 'changes are watched while a recorder is open')
    super.watch(listener)
  }

  record(tables: readonly string[]): ChangesetRecorder {
    this.connection.assertOpen()
    invariant(!this.changes?.listener, 'a recorder is opened while changes are watched')
    return this.#changesets.record(tables)
  }

  apply(changeset: Uint8Array): void {
    this.connection.assertOpen()
    this.#changesets.apply(changeset)
  }

  invert(changeset: Uint8Array): Uint8Array {
    this.connection.assertOpen()
    return this.#changesets.invert(changeset)
  }

  serialize(schema = 'main'): Uint8Array {
    this.connection.assertOpen()
    return this.#changesets.serialize(schema)
  }

  override deserialize(image: Uint8Array, schema?: string): void {
    this.connection.assertOpen()
    assertImage(image)
    super.deserialize(image, schema)
  }

  protected override admit(memory: Uint8Array, start: Pointer): void {
    markWithoutWal(memory, start)
  }

  override close(): void {
    if (!this.connection.closed) this.#changesets.close()
    super.close()
  }

  /** No transaction and no savepoint is open. */
  get #idle(): boolean {
    return this.connection.exports.sqlite3_get_autocommit(this.connection.database) !== 0
  }
}
