import { openWasmDriver, type Sqlite3Static, type SqliteDriver } from '@livefold/core/adapter'
import initSqlite from '@sqlite.org/sqlite-wasm'

const MEMORY_USED = 0

/** The SQLite that sessions without an adapter have their replicas in. */
export interface ReplicaSqlite {
  open(): SqliteDriver
  /** Bytes that SQLite holds of its WebAssembly memory, for all that are open. */
  held(): number
}

let loading: Promise<ReplicaSqlite> | null = null

export function replicaSqlite(): Promise<ReplicaSqlite> {
  loading ??= initSqlite().then((sqlite3) => {
    const { exports, memory } = sqlite3.wasm as unknown as {
      exports: { sqlite3_malloc(bytes: number): number; sqlite3_status64(...of: number[]): number }
      memory: { readonly buffer: ArrayBuffer }
    }
    const out = exports.sqlite3_malloc(16)
    return {
      open: () => openWasmDriver(sqlite3 as unknown as Sqlite3Static),
      held() {
        exports.sqlite3_status64(MEMORY_USED, out, out + 8, 0)
        return Number(new DataView(memory.buffer).getBigInt64(out, true))
      },
    }
  })
  return loading
}
