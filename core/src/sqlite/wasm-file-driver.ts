import { invariant } from '../base/assert.ts'
import type { ChangesetRecorder, RowChange, SqliteDriver } from './driver.ts'
import type { Sqlite3Static } from './sqlite3.ts'
import { WasmChangesets } from './wasm-changesets.ts'
import { WasmConnection, type WasmOptions } from './wasm-connection.ts'
import { type MakeFeed, WasmDriver } from './wasm-driver.ts'

/** A database for a leader: it has changesets, and tells nobody of changed rows. Like `openWasmDriver` otherwise, and smaller. */
export function openWasmFile(sqlite3: Sqlite3Static, filename = ':memory:', options: WasmOptions = {}): SqliteDriver {
  return new WasmFileDriver(new WasmConnection(sqlite3, filename, options), unwatched)
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
    invariant(!this.watched, 'a recorder is opened while changes are watched')
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

  override close(): void {
    if (!this.connection.closed) this.#changesets.close()
    super.close()
  }

  /** No transaction and no savepoint is open. */
  get #idle(): boolean {
    return this.connection.exports.sqlite3_get_autocommit(this.connection.database) !== 0
  }
}
