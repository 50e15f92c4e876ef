import { WasmChangeFeed } from './wasm-change-feed.ts'
import type { WasmConnection } from './wasm-connection.ts'
import { WasmRowReader } from './wasm-row-reader.ts'
import type { ChangeFeed, RowReader } from './wasm-rows.ts'

// `WasmParts`.

export function rowReader(connection: WasmConnection): RowReader {
  return new WasmRowReader(connection)
}

export function changeFeed(connection: WasmConnection): ChangeFeed {
  return new WasmChangeFeed(connection)
}
