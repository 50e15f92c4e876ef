import initSqlite from '@sqlite.org/sqlite-wasm'
import type { SqliteDriver } from '../../sqlite/driver.ts'
import { openWasmDriver } from '../../sqlite/open-wasm-driver.ts'
import type { Sqlite3Static } from '../../sqlite/sqlite3.ts'

let loading: Promise<Sqlite3Static> | null = null

/** Loads SQLite once a process; gives what opens empty databases in memory. */
export async function loadSimSqlite(): Promise<() => SqliteDriver> {
  loading ??= initSqlite() as unknown as Promise<Sqlite3Static>
  const sqlite3 = await loading
  return () => openWasmDriver(sqlite3)
}
