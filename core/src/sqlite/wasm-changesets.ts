import { conflictError } from './changeset-conflict.ts'
import type { ChangesetRecorder } from './driver.ts'
import { closedError, SQLITE_ABORT, SQLITE_NOMEM, sqliteError } from './result-codes.ts'
import { type Pointer, SQLITE_CHANGESET_ABORT } from './sqlite3.ts'
import type { WasmConnection } from './wasm-connection.ts'
import type { WasmMemory } from './wasm-memory.ts'

/** What a connection that keeps a file can do beside SQL: record, apply and invert changesets, and give images of itself. */
export class WasmChangesets {
  readonly #connection: WasmConnection
  readonly #sessions = new Set<Pointer>()

  constructor(connection: WasmConnection) {
    this.#connection = connection
  }

  get recording(): boolean {
    return this.#sessions.size > 0
  }

  record(tables: readonly string[]): ChangesetRecorder {
    const { exports: x, memory, database, output } = this.#connection
    const created = memory.withText('main', (main) => x.sqlite3session_create(database, main, output))
    if (created !== 0) throw sqliteError(created, 'cannot record changes', 'run', 'record')
    const session = memory.word(output)
    this.#sessions.add(session)
    for (const table of tables) {
      const attached = memory.withText(table, (name) => x.sqlite3session_attach(session, name))
      if (attached === 0) continue
      this.#end(session)
      throw sqliteError(attached, `cannot record changes of ${table}`, 'run', 'record')
    }
    return {
      changeset: () => {
        if (!this.#sessions.has(session)) throw closedError()
        const code = x.sqlite3session_changeset(session, output, output + 4)
        return this.#take(code, 'cannot read the recorded changes', 'record')
      },
      close: () => this.#end(session),
    }
  }

  apply(changeset: Uint8Array): void {
    if (changeset.length === 0) return
    const { exports, memory, database, sqlite3 } = this.#connection
    let conflict = 0
    const onConflict = sqlite3.wasm.installFunction('i(pip)', (_argument: Pointer, kind: number) => {
      conflict = kind
      return SQLITE_CHANGESET_ABORT
    })
    const bytes = memory.copyIn(changeset)
    try {
      const code = exports.sqlite3changeset_apply(database, changeset.length, bytes, 0, onConflict, 0)
      if (code === SQLITE_ABORT && conflict !== 0) throw conflictError(conflict)
      if (code !== 0) throw sqliteError(code, 'the changeset cannot be applied', 'run', 'apply changeset')
    } finally {
      memory.free(bytes)
      sqlite3.wasm.uninstallFunction(onConflict)
    }
    this.#connection.throwListenerError()
  }

  invert(changeset: Uint8Array): Uint8Array {
    if (changeset.length === 0) return new Uint8Array(0)
    const { exports, memory, output } = this.#connection
    const bytes = memory.copyIn(changeset)
    try {
      const code = exports.sqlite3changeset_invert(changeset.length, bytes, output, output + 4)
      return this.#take(code, 'the changeset cannot be inverted', 'invert changeset')
    } finally {
      memory.free(bytes)
    }
  }

  serialize(schema: string): Uint8Array {
    const { exports, memory, database, output } = this.#connection
    const pointer = memory.withText(schema, (name) => exports.sqlite3_serialize(database, name, output, 0)) >>> 0
    if (pointer === 0) throw sqliteError(SQLITE_NOMEM, `cannot serialize ${schema}`, 'run', 'serialize')
    return takeOut(memory, pointer, memory.word(output))
  }

  close(): void {
    for (const session of this.#sessions) this.#end(session)
  }

  #end(session: Pointer): void {
    if (this.#sessions.delete(session)) this.#connection.exports.sqlite3session_delete(session)
  }

  /** The bytes that a session function left as (size, pointer) in the connection's output words. */
  #take(code: number, failure: string, task: string): Uint8Array {
    const { memory, output } = this.#connection
    if (code !== 0) throw sqliteError(code, failure, 'run', task)
    return takeOut(memory, memory.word(output + 4), memory.word(output))
  }
}

/** Copies bytes of SQLite's allocator out, and frees them. */
function takeOut(memory: WasmMemory, pointer: Pointer, size: number): Uint8Array {
  const bytes = memory.copyOut(pointer, size)
  memory.free(pointer)
  return bytes
}
