import { openWasmDriver, type Sqlite3Static, type SqliteDriver } from '@livefold/core/adapter'
import initSqlite from '@sqlite.org/sqlite-wasm'

let loading: Promise<Sqlite3Static> | null = null

/** Loads SQLite once a process; gives a function that opens empty databases in memory. */
export async function loadSqlite(): Promise<() => SqliteDriver> {
  loading ??= initSqlite() as unknown as Promise<Sqlite3Static>
  const sqlite3 = await loading
  return () => openWasmDriver(sqlite3)
}
