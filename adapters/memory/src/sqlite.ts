import { openWasmDriver, type Sqlite3Static, type SqliteDriver } from '@livefold/core/adapter'
import initSqlite from '@sqlite.org/sqlite-wasm'

let loading: Promise<Sqlite3Static> | null = null

/**
 * Loads SQLite once a process; gives a function that opens empty databases in memory. Where it fails, as for want of memory, the next store
 * tries again.
 */
export async function loadSqlite(): Promise<() => SqliteDriver> {
  loading ??= initSqlite() as unknown as Promise<Sqlite3Static>
  try {
    const sqlite3 = await loading
    return () => openWasmDriver(sqlite3)
  } catch (thrown) {
    loading = null
    throw thrown
  }
}
