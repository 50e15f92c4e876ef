import type { ChangesetRecorder } from './driver.ts'
import { closedError, sqliteError } from './result-codes.ts'
import type { Pointer } from './sqlite3.ts'
import { takeBytes } from './wasm-changesets.ts'
import type { WasmConnection } from './wasm-connection.ts'

/** SQLite's session extension over some tables of `main`; see `ChangesetRecorder`. */
export class WasmRecorder implements ChangesetRecorder {
  readonly #connection: WasmConnection
  readonly #onClose: () => void
  #session: Pointer

  constructor(connection: WasmConnection, tables: readonly string[], onClose: () => void) {
    const { exports, memory, database, output } = connection
    this.#connection = connection
    this.#onClose = onClose
    const created = memory.withText('main', (main) => exports.sqlite3session_create(database, main, output))
    if (created !== 0) throw sqliteError(created, 'cannot record changes', 'run', 'record')
    this.#session = memory.word(output)
    for (const table of tables) {
      const attached = memory.withText(table, (name) => exports.sqlite3session_attach(this.#session, name))
      if (attached === 0) continue
      exports.sqlite3session_delete(this.#session)
      throw sqliteError(attached, `cannot record changes of ${table}`, 'run', 'record')
    }
  }

  changeset(): Uint8Array {
    if (this.#session === 0) throw closedError()
    const { exports, output } = this.#connection
    const code = exports.sqlite3session_changeset(this.#session, output, output + 4)
    if (code !== 0) throw sqliteError(code, 'cannot read the recorded changes', 'run', 'record')
    return takeBytes(this.#connection)
  }

  close(): void {
    if (this.#session === 0) return
    this.#connection.exports.sqlite3session_delete(this.#session)
    this.#session = 0
    this.#onClose()
  }
}
