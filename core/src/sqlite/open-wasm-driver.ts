import type { SqliteDriver } from './driver.ts'
import type { Sqlite3Static } from './sqlite3.ts'
import { openFile, WasmFileDriver, type WasmOptions } from './wasm-file-driver.ts'
import * as wasmParts from './wasm-parts.ts'

/**
 * Opens a database with an initialised `@sqlite.org/sqlite-wasm` module, through its raw exports.
 *
 * @param filename `:memory:` or a name that the VFS understands
 * @throws StoreError `storage/*` when the file cannot be opened
 * @example
 * const driver = openWasmDriver(await sqlite3InitModule())
 */
export function openWasmDriver(sqlite3: Sqlite3Static, filename = ':memory:', options: WasmOptions = {}): SqliteDriver {
  const connection = openFile(sqlite3, filename, { parts: () => wasmParts, ...options })
  return new WasmFileDriver(connection, wasmParts.changeFeed)
}
