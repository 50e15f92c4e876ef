/** What SQLite holds. Integers beyond 2^53 are bigint; integral numbers bind as integers. Booleans bind as 0/1 before they get here. */
export type SqlValue = null | number | bigint | string | Uint8Array

export type Binds = readonly SqlValue[]

/** Turns a stored value into what the app sees; only called for non-null values. */
export type Decode = (value: Exclude<SqlValue, null>) => unknown

/** Result columns in order: the property's name and how to decode it (`null`: as stored). */
export type RowShape = readonly { readonly name: string; readonly decode: Decode | null }[]

export type Row = Record<string, unknown>

/** One action that SQLite's authorizer asks about while it compiles a statement. */
export interface AccessAction {
  /** `SQLITE_READ`, `SQLITE_INSERT` … as in https://sqlite.org/c3ref/c_alter_table.html */
  readonly code: number
  readonly first: string | null
  readonly second: string | null
}

/** Who compiles a statement, and what it may do. `null`: Livefold itself, everything. */
export interface Access {
  /** Part of the statement cache's key. */
  readonly name: string
  /** Null to allow, or what is wrong: the statement is refused with `query/invalid` saying so. */
  refuse(action: AccessAction): string | null
}

/** A column that a statement reads. `column: ''` when it reads the table and no column (`count(*)`). */
export interface ColumnRead {
  readonly table: string
  readonly column: string
}

/** A compiled statement, owned by the driver's cache: do not keep it across `prepare` calls in a loop of other SQL. */
export interface SqliteStatement {
  readonly sql: string
  /** Names of the result columns; empty for a write. */
  readonly columns: readonly string[]
  /** Every table and column read, also within subqueries and views. */
  readonly reads: readonly ColumnRead[]
  /** Runs to the end. */
  run(binds?: Binds): void
  /** All rows as objects. Without a shape: names as in `columns`, values as stored. */
  rows(binds?: Binds, shape?: RowShape): Row[]
  /** The first row as `rows` would give it; undefined without rows. */
  row(binds?: Binds, shape?: RowShape): Row | undefined
  /** All rows as arrays of stored values. */
  values(binds?: Binds): SqlValue[][]
  /** First column of the first row; undefined without rows. */
  value(binds?: Binds): SqlValue | undefined
}

/** One row that is about to change. Valid only during the call; read what you need. */
export interface RowChange {
  readonly table: string
  readonly kind: 'insert' | 'update' | 'delete'
  /** Stored value of a column (by its place in the table) before; only for update and delete. */
  before(column: number): SqlValue
  /** Stored value after; only for insert and update. */
  after(column: number): SqlValue
}

/** Gathers the changes of some tables into one changeset (SQLite's session extension). */
export interface ChangesetRecorder {
  /** What was gathered since the recorder was made; empty when nothing changed. */
  changeset(): Uint8Array
  close(): void
}

/**
 * One synchronous SQLite connection, as much of it as a session's replica needs. Failures throw `StoreError`: `query/invalid` for SQL
 * that does not compile or is refused, `storage/full | io | corrupt | locked` for the environment, `materializer/failed` for
 * constraints and other errors of the statement itself (`details.sqlite` has SQLite's result code).
 */
export interface ReplicaDriver {
  /** How the driver tells of changed rows: by `watch`, or only by a changeset read per batch. */
  readonly feed: 'hook' | 'changeset'
  /** Runs statements that give no rows, without caching them. */
  exec(sql: string): void
  /** Compiles, or finds the statement compiled before for the same text and access. */
  prepare(sql: string, access?: Access | null): SqliteStatement
  /** Hears of each row about to change, or nobody (`null`). Throws where `feed` is not `hook`. */
  watch(listener: ((change: RowChange) => void) | null): void
  /** Replaces a database of this connection (`main` unless named, by a name that needs no quotes) by an image. */
  deserialize(bytes: Uint8Array, schema?: string): void
  close(): void
}

/**
 * A connection that can keep a leader's file too.
 *
 * The preupdate hook (`watch`) and the recorder exclude each other on one connection: SQLite has one slot for both.
 */
export interface SqliteDriver extends ReplicaDriver {
  /** `BEGIN IMMEDIATE` … `COMMIT`; a throw rolls back and passes on. Not nestable. */
  transaction<T>(run: () => T): T
  /** Starts recording the named tables of `main`. */
  record(tables: readonly string[]): ChangesetRecorder
  /** Applies a changeset to `main`; any conflict throws and changes nothing. */
  apply(changeset: Uint8Array): void
  /** The changeset that takes `changeset` back. */
  invert(changeset: Uint8Array): Uint8Array
  /** Image of a database of this connection (`main` unless named). */
  serialize(schema?: string): Uint8Array
}
