import initSqlite from '@sqlite.org/sqlite-wasm'

/** The C functions that the hand-written contestant calls, as the wasm module exports them. */
export interface Exports {
  sqlite3_status64(what: number, current: number, highest: number, reset: number): number
  sqlite3_malloc(size: number): number
  sqlite3_free(pointer: number): void
  sqlite3_open_v2(filename: number, database: number, flags: number, vfs: number): number
  sqlite3_close_v2(database: number): number
  sqlite3_exec(database: number, sql: number, callback: number, argument: number, message: number): number
  sqlite3_prepare_v3(database: number, sql: number, bytes: number, flags: number, out: number, tail: number): number
  sqlite3_finalize(statement: number): number
  sqlite3_step(statement: number): number
  sqlite3_reset(statement: number): number
  sqlite3_bind_text(statement: number, index: number, text: number, bytes: number, destructor: number): number
  sqlite3_bind_int(statement: number, index: number, value: number): number
  sqlite3_bind_double(statement: number, index: number, value: number): number
  sqlite3_bind_int64(statement: number, index: number, value: bigint): number
  sqlite3_column_text(statement: number, column: number): number
  sqlite3_column_bytes(statement: number, column: number): number
  sqlite3_column_int(statement: number, column: number): number
  sqlite3_column_double(statement: number, column: number): number
}

export interface Module {
  readonly exports: Exports
  readonly memory: { readonly buffer: ArrayBuffer }
}

let loading: Promise<Module> | null = null

/** A wasm module of its own: what others allocate in theirs is no part of its figures. */
export function loadModule(): Promise<Module> {
  loading ??= initSqlite().then((sqlite3) => {
    const { exports, memory } = sqlite3.wasm as unknown as Module
    return { exports, memory: memory ?? (exports as unknown as Module).memory }
  })
  return loading
}
