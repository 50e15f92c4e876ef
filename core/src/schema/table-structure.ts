import { StoreError, type StoreErrorCode } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import type { Decode, SqlValue } from '../sqlite/driver.ts'
import type { ColumnKind, ColumnType } from './column-type.ts'
import type { TableSql } from './table-sql.ts'

/** A column of a table. Interpolated into a tagged `sql`, it stands for its quoted name. */
export interface Column {
  readonly table: string
  readonly name: string
  readonly type: ColumnKind
  /** Place within the table, from 0. */
  readonly place: number
  readonly nullable: boolean
  /** True when an insert must give it. */
  readonly required: boolean
  /** Stored form of a value. Throws `materializer/failed` (or `code`) naming table and column when it does not fit. */
  encode(value: unknown, code?: StoreErrorCode): SqlValue
  readonly decode: Decode | null
}

/** What everything but the app's types needs to know of a table. */
export interface Table {
  /** Name in SQL. */
  readonly name: string
  /** True for client-only state, written by local events alone. */
  readonly local: boolean
  /** In table order. */
  readonly columns: readonly Column[]
  /** Names of the key's columns, in key order. */
  readonly primaryKey: readonly string[]
  /** What `createTableSql` makes it from. @internal */
  readonly ddl: TableSql
  /** True with a secondary UNIQUE: whether one row may be written then depends on others. */
  readonly uniqueIndexes: boolean
  /** All that the schema hash covers. @internal */
  readonly canonical: Json
}

export function isTable(value: unknown): value is Table {
  return value !== null && typeof value === 'object' && 'canonical' in value && 'primaryKey' in value
}

/** The one implementation of `Column`. */
export class TableColumn implements Column {
  declare readonly table: string
  declare readonly name: string
  declare readonly place: number
  declare readonly nullable: boolean
  declare readonly required: boolean
  readonly #type: ColumnType
  readonly #inherited: boolean

  constructor(facts: Pick<Column, 'table' | 'name' | 'place' | 'nullable' | 'required'>, type: ColumnType) {
    Object.assign(this, facts)
    this.#type = type
    this.#inherited = this.name in Object.prototype
  }

  get type(): ColumnKind {
    return this.#type.kind
  }

  get decode(): Decode | null {
    return this.#type.decode
  }

  encode(value: unknown, code: StoreErrorCode = 'materializer/failed'): SqlValue {
    // A JSON column that is not nullable holds the JSON value null.
    if (value === null && (this.nullable || this.#type.kind !== 'json')) {
      if (this.nullable) return null
      throw new StoreError(code, `${this.table}.${this.name} must not be null: give it a value, or make it nullable()`)
    }
    const stored = this.#type.encode(value)
    if (stored === undefined) throw this.#misfit(value, code)
    return stored
  }

  /** This column's member of `row`; undefined when left out, whatever `Object.prototype` has under that name. */
  memberOf(row: Readonly<Record<string, unknown>>): unknown {
    return this.#inherited && !Object.hasOwn(row, this.name) ? undefined : row[this.name]
  }

  #misfit(value: unknown, code: StoreErrorCode): StoreError {
    const { table, name } = this
    const found = this.#type.misfit?.(value)
    return new StoreError(
      code,
      found
        ? `${table}.${name} must be plain JSON, but at ${found.path} ${found.why}`
        : `${table}.${name} must be ${this.#type.expects}, not ${nameOf(value)}`,
      { details: { table, column: name } },
    )
  }
}

export function isColumn(value: unknown): value is Column {
  return value instanceof TableColumn
}

/** A value as it stands in error messages: its type, and itself when it is short. */
export function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'string')
    return `the string ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`
  if (typeof value === 'object') {
    const name = value.constructor?.name
    return name === 'Object' || name === undefined ? 'an object' : `a value of class ${name}`
  }
  if (typeof value === 'function') return 'a function'
  return `the ${typeof value} ${String(value)}`
}
