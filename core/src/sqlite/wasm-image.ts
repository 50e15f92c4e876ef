import { assertImage, markWithoutWal } from './database-image.ts'
import { SQLITE_NOMEM, sqliteError } from './result-codes.ts'
import { SQLITE_DESERIALIZE_FREEONCLOSE, SQLITE_DESERIALIZE_RESIZEABLE } from './sqlite3.ts'
import type { WasmConnection } from './wasm-connection.ts'

export function readImage(connection: WasmConnection, schema: string): Uint8Array {
  const { exports, memory, database, output } = connection
  const pointer = memory.withText(schema, (name) => exports.sqlite3_serialize(database, name, output, 0)) >>> 0
  if (pointer === 0) throw sqliteError(SQLITE_NOMEM, `cannot serialize ${schema}`, 'run', 'serialize')
  try {
    return memory.copyOut(pointer, memory.word(output))
  } finally {
    memory.free(pointer)
  }
}

export function replaceByImage(connection: WasmConnection, image: Uint8Array, schema: string): void {
  assertImage(image)
  const { exports, memory, database } = connection
  const bytes = memory.copyIn(image)
  markWithoutWal(memory.bytes, bytes)
  const size = BigInt(image.length)
  // SQLite owns the bytes from here on, also when it fails.
  const flags = SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE
  const code = memory.withText(schema, (name) => exports.sqlite3_deserialize(database, name, bytes, size, size, flags))
  if (code !== 0) throw connection.failure(code, 'run', `deserialize ${schema}`)
  // Reads the header and the schema: a damaged image is found now.
  connection.exec(`SELECT count(*) FROM "${schema.replaceAll('"', '""')}".sqlite_schema`)
}
