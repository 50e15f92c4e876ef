import { conflictError } from './changeset-conflict.ts'
import { SQLITE_ABORT, sqliteError } from './result-codes.ts'
import { type Pointer, SQLITE_CHANGESET_ABORT } from './sqlite3.ts'
import type { WasmConnection } from './wasm-connection.ts'

/** Takes the bytes that a session function left as (size, pointer) in the connection's output words. */
export function takeBytes(connection: WasmConnection): Uint8Array {
  const { memory, output } = connection
  const pointer = memory.word(output + 4)
  try {
    return memory.copyOut(pointer, memory.word(output))
  } finally {
    memory.free(pointer)
  }
}

export function applyChangeset(connection: WasmConnection, changeset: Uint8Array): void {
  if (changeset.length === 0) return
  const { exports, memory, database, sqlite3 } = connection
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
  connection.throwListenerError()
}

export function invertByWasm(connection: WasmConnection, changeset: Uint8Array): Uint8Array {
  if (changeset.length === 0) return new Uint8Array(0)
  const { exports, memory, output } = connection
  const bytes = memory.copyIn(changeset)
  try {
    const code = exports.sqlite3changeset_invert(changeset.length, bytes, output, output + 4)
    if (code !== 0) throw sqliteError(code, 'the changeset cannot be inverted', 'run', 'invert changeset')
    return takeBytes(connection)
  } finally {
    memory.free(bytes)
  }
}
