/** Address in wasm memory, or handle of a C object; 0 is the null pointer. */
export type Pointer = number

/** The C functions of SQLite as the wasm module exports them, without any wrapping. 64-bit integers are bigint. */
export interface Sqlite3Exports {
  sqlite3_malloc64(size: bigint): Pointer
  sqlite3_free(pointer: Pointer): void
  sqlite3_open_v2(filename: Pointer, database: Pointer, flags: number, vfs: Pointer): number
  sqlite3_close_v2(database: Pointer): number
  sqlite3_errmsg(database: Pointer): Pointer
  sqlite3_errstr(code: number): Pointer
  sqlite3_exec(database: Pointer, sql: Pointer, callback: Pointer, argument: Pointer, message: Pointer): number
  sqlite3_get_autocommit(database: Pointer): number
  sqlite3_prepare_v3(
    database: Pointer,
    sql: Pointer,
    bytes: number,
    flags: number,
    statement: Pointer,
    tail: Pointer,
  ): number
  /** The first statement after another (0: of all) that is not finalized. */
  sqlite3_next_stmt(database: Pointer, statement: Pointer): Pointer
  sqlite3_finalize(statement: Pointer): number
  sqlite3_step(statement: Pointer): number
  sqlite3_reset(statement: Pointer): number
  sqlite3_clear_bindings(statement: Pointer): number
  sqlite3_stmt_status(statement: Pointer, counter: number, reset: number): number
  sqlite3_bind_parameter_count(statement: Pointer): number
  sqlite3_bind_parameter_name(statement: Pointer, index: number): Pointer
  sqlite3_bind_null(statement: Pointer, index: number): number
  sqlite3_bind_int(statement: Pointer, index: number, value: number): number
  sqlite3_bind_int64(statement: Pointer, index: number, value: bigint): number
  sqlite3_bind_double(statement: Pointer, index: number, value: number): number
  sqlite3_bind_text(statement: Pointer, index: number, text: Pointer, bytes: number, destructor: number): number
  sqlite3_bind_blob(statement: Pointer, index: number, blob: Pointer, bytes: number, destructor: number): number
  sqlite3_column_count(statement: Pointer): number
  sqlite3_column_name(statement: Pointer, column: number): Pointer
  sqlite3_column_value(statement: Pointer, column: number): Pointer
  sqlite3_value_type(value: Pointer): number
  sqlite3_value_double(value: Pointer): number
  sqlite3_value_int64(value: Pointer): bigint
  sqlite3_value_bytes(value: Pointer): number
  sqlite3_value_text(value: Pointer): Pointer
  sqlite3_value_blob(value: Pointer): Pointer
  sqlite3_set_authorizer(database: Pointer, callback: Pointer, argument: Pointer): number
  sqlite3_preupdate_hook(database: Pointer, callback: Pointer, argument: Pointer): Pointer
  sqlite3_preupdate_old(database: Pointer, column: number, value: Pointer): number
  sqlite3_preupdate_new(database: Pointer, column: number, value: Pointer): number
  sqlite3_serialize(database: Pointer, schema: Pointer, size: Pointer, flags: number): Pointer
  sqlite3_deserialize(
    database: Pointer,
    schema: Pointer,
    data: Pointer,
    size: bigint,
    bufferSize: bigint,
    flags: number,
  ): number
  sqlite3session_create(database: Pointer, schema: Pointer, session: Pointer): number
  sqlite3session_attach(session: Pointer, table: Pointer): number
  sqlite3session_changeset(session: Pointer, size: Pointer, changeset: Pointer): number
  sqlite3session_delete(session: Pointer): void
  sqlite3changeset_apply(
    database: Pointer,
    size: number,
    changeset: Pointer,
    filter: Pointer,
    conflict: Pointer,
    argument: Pointer,
  ): number
  sqlite3changeset_invert(size: number, changeset: Pointer, invertedSize: Pointer, inverted: Pointer): number
}

/**
 * What Livefold uses of an initialised module of `@sqlite.org/sqlite-wasm`, declared by shape: the core does not depend
 * on the package, an adapter hands the module in.
 */
export interface Sqlite3Static {
  readonly wasm: {
    readonly exports: unknown
    /** Absent in builds whose module exports its memory. */
    readonly memory?: unknown
    /** Puts a JavaScript function into the function table: `i(pip)` = int f(pointer, int, pointer). */
    // biome-ignore lint/suspicious/noExplicitAny: the parameter types are what the signature string says.
    installFunction(signature: string, implementation: (...parameters: any[]) => unknown): Pointer
    uninstallFunction(pointer: Pointer): unknown
  }
}

export const SQLITE_ROW = 100
export const SQLITE_DONE = 101

export const SQLITE_INTEGER = 1
export const SQLITE_FLOAT = 2
export const SQLITE_TEXT = 3
export const SQLITE_BLOB = 4

export const SQLITE_OPEN_READWRITE = 0x2
export const SQLITE_OPEN_CREATE = 0x4
/** Extended result codes from the first call on. */
export const SQLITE_OPEN_EXRESCODE = 0x2000000

/** Tells the allocator that the statement will be used many times. */
export const SQLITE_PREPARE_PERSISTENT = 1
/** Counts automatic recompilations after a change of the schema. */
export const SQLITE_STMTSTATUS_REPREPARE = 5

/** The caller keeps the bytes in place until the statement is done. */
export const SQLITE_STATIC = 0
/** SQLite copies the bytes at once. */
export const SQLITE_TRANSIENT = -1

export const SQLITE_DESERIALIZE_FREEONCLOSE = 1
export const SQLITE_DESERIALIZE_RESIZEABLE = 2

export const SQLITE_CHANGESET_OMIT = 0
export const SQLITE_CHANGESET_ABORT = 2
