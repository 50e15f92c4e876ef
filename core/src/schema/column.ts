import {
  bigintType,
  blobType,
  booleanType,
  type ColumnType,
  integerType,
  jsonType,
  realType,
  textType,
  timestampType,
} from './column-type.ts'

/** What a column builder has gathered; `table` makes a `Column` of it. */
export interface ColumnDraft {
  readonly type: ColumnType
  readonly primaryKey: boolean
  readonly nullable: boolean
  readonly unique: boolean
  readonly hasDefault: boolean
  readonly defaultValue: unknown
}

/**
 * A column being defined. Immutable: every method gives a new builder.
 * `T` is the column's value in the app; `Optional` is true when an insert may leave it out.
 */
export class ColumnBuilder<T, Optional extends boolean = false> {
  declare readonly '~value': T
  declare readonly '~optional': Optional
  /** @internal */
  readonly draft: ColumnDraft

  /** @internal */
  constructor(draft: ColumnDraft) {
    this.draft = draft
  }

  /**
   * Makes this column the table's primary key. Keys of several columns: the table's `primaryKey` option.
   *
   * @example
   * table('todos', { id: text().primaryKey(), title: text() })
   */
  primaryKey(): ColumnBuilder<T, Optional> {
    return new ColumnBuilder({ ...this.draft, primaryKey: true })
  }

  /**
   * Lets the column hold null; an insert that leaves it out stores null (or the default).
   *
   * @example
   * table('todos', { id: text().primaryKey(), listId: text().nullable() })
   */
  nullable(): ColumnBuilder<T | null, true> {
    return new ColumnBuilder({ ...this.draft, nullable: true })
  }

  /**
   * The value stored by an insert that leaves the column out.
   *
   * @example
   * table('todos', { id: text().primaryKey(), done: boolean().default(false) })
   */
  default(value: T): ColumnBuilder<T, true> {
    return new ColumnBuilder({ ...this.draft, hasDefault: true, defaultValue: value })
  }

  /**
   * Refuses two rows with the same value (nulls excepted). A write that would break this fails its whole commit;
   * across clients the later one in the global order is quarantined, so prefer keys where clients choose the value.
   *
   * @example
   * localTable('devices', { id: text().primaryKey(), slot: integer().unique() })
   */
  unique(): ColumnBuilder<T, Optional> {
    return new ColumnBuilder({ ...this.draft, unique: true })
  }
}

function start<T>(type: ColumnType): ColumnBuilder<T> {
  return new ColumnBuilder<T>({
    type,
    primaryKey: false,
    nullable: false,
    unique: false,
    hasDefault: false,
    defaultValue: undefined,
  })
}

/**
 * A column of text.
 *
 * @example
 * table('todos', { id: text().primaryKey(), title: text() })
 */
export function text(): ColumnBuilder<string> {
  return start(textType)
}

/**
 * A column of integers within ±(2^53 - 1); see `bigint` for 64 bits.
 *
 * @example
 * table('counters', { id: integer().primaryKey(), value: integer().default(0) })
 */
export function integer(): ColumnBuilder<number> {
  return start(integerType)
}

/**
 * A column of finite floating-point numbers.
 *
 * @example
 * table('readings', { id: text().primaryKey(), celsius: real() })
 */
export function real(): ColumnBuilder<number> {
  return start(realType)
}

/**
 * A column of booleans, stored as 0 and 1.
 *
 * @example
 * table('todos', { id: text().primaryKey(), done: boolean().default(false) })
 */
export function boolean(): ColumnBuilder<boolean> {
  return start(booleanType)
}

/**
 * A column of points in time: `Date` in the app, integer milliseconds since the epoch in SQL.
 *
 * @example
 * table('todos', { id: text().primaryKey(), createdAt: timestamp() })
 */
// biome-ignore lint/style/noRestrictedGlobals: the type of a value, not a clock
export function timestamp(): ColumnBuilder<Date> {
  return start(timestampType)
}

/**
 * A column of JSON values, stored as text. In a column that is not nullable, null is the JSON value null.
 * Comparisons in `where` compare the text.
 *
 * @example
 * table('todos', { id: text().primaryKey(), tags: json<string[]>().default([]) })
 */
export function json<T = unknown>(): ColumnBuilder<T> {
  return start(jsonType)
}

/**
 * A column of bytes.
 *
 * @example
 * table('avatars', { userId: text().primaryKey(), png: blob() })
 */
export function blob(): ColumnBuilder<Uint8Array> {
  return start(blobType)
}

/**
 * A column of 64-bit integers, always `bigint` in the app.
 *
 * @example
 * table('accounts', { id: text().primaryKey(), cents: bigint() })
 */
export function bigint(): ColumnBuilder<bigint> {
  return start(bigintType)
}
