import type { WasmConnection } from './wasm-connection.ts'
import { WasmRowReader } from './wasm-row-reader.ts'
import type { RowReader } from './wasm-rows.ts'

// `WasmParts`.

export function rowReader(connection: WasmConnection): RowReader {
  return new WasmRowReader(connection)
}
