import sqlite3InitModule from '@sqlite.org/sqlite-wasm'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { openWasmDriver } from '../sqlite/open-wasm-driver.ts'
import type { Sqlite3Static } from '../sqlite/sqlite3.ts'

const sqlite3 = (await sqlite3InitModule()) as unknown as Sqlite3Static

/** A real SQLite database in memory. */
export function openMemory(): SqliteDriver {
  return openWasmDriver(sqlite3)
}
