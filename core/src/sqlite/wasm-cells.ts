import type { SqlValue } from './driver.ts'
import { type Pointer, SQLITE_BLOB, SQLITE_FLOAT, SQLITE_INTEGER, SQLITE_TEXT, type Sqlite3Exports } from './sqlite3.ts'
import type { WasmMemory } from './wasm-memory.ts'

/** One value by the official calls. Text comes as its place: `text` is called with it. */
export function askValue<T>(
  x: Sqlite3Exports,
  memory: WasmMemory,
  value: Pointer,
  text: (address: Pointer, size: number) => T,
): SqlValue | T {
  switch (x.sqlite3_value_type(value)) {
    case SQLITE_TEXT: {
      // First the text, which is UTF-8 whatever the database holds, then its size.
      const address = x.sqlite3_value_text(value) >>> 0
      const size = x.sqlite3_value_bytes(value)
      return size === 0 ? '' : text(address, size)
    }
    case SQLITE_INTEGER: {
      const double = x.sqlite3_value_double(value)
      return Number.isSafeInteger(double) ? double : x.sqlite3_value_int64(value)
    }
    case SQLITE_FLOAT:
      return x.sqlite3_value_double(value)
    case SQLITE_BLOB: {
      const size = x.sqlite3_value_bytes(value)
      return memory.copyOut(x.sqlite3_value_blob(value) >>> 0, size)
    }
    default:
      return null
  }
}
