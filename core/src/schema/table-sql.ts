import { quoteBytes, quoteName, quoteText } from '../sql/identifier.ts'
import type { SqlValue } from '../sqlite/driver.ts'
import type { ColumnType } from './column-type.ts'

/** A column as `CREATE TABLE` needs it. */
export interface ColumnSql {
  readonly name: string
  readonly type: ColumnType
  readonly nullable: boolean
  /** Stored form; undefined without default. */
  readonly defaultValue: SqlValue | undefined
}

export interface TableSql {
  readonly name: string
  readonly columns: readonly ColumnSql[]
  readonly primaryKey: readonly string[]
  readonly indexes: readonly { readonly columns: readonly string[]; readonly unique: boolean }[]
}

/**
 * `CREATE TABLE …`, then its indexes. STRICT, BINARY and WITHOUT ROWID, for exact undo and a scan order that every
 * client shares; a key of one integer column is SQLite's row id already.
 */
export function createTableSql(table: TableSql): readonly string[] {
  const columns = table.columns.map(
    ({ name, type, nullable, defaultValue }) =>
      `${quoteName(name)} ${type.storage}${nullable ? '' : ' NOT NULL'}${defaultValue === undefined ? '' : ` DEFAULT ${literal(defaultValue)}`}`,
  )
  const key = `PRIMARY KEY (${table.primaryKey.map(quoteName).join(', ')})`
  const options = hasIntegerKey(table) ? 'STRICT' : 'STRICT, WITHOUT ROWID'
  return [
    `CREATE TABLE ${quoteName(table.name)} (${[...columns, key].join(', ')}) ${options}`,
    ...table.indexes.map((_, i) => createIndexSql(table, i)),
  ]
}

function hasIntegerKey(table: TableSql): boolean {
  const [only, second] = table.primaryKey
  return second === undefined && table.columns.find((column) => column.name === only)?.type.storage === 'INTEGER'
}

function createIndexSql(table: TableSql, place: number): string {
  const index = table.indexes[place] as TableSql['indexes'][number]
  // Tables and indexes share one name space; tables of the app cannot start like this.
  const name = quoteName(`livefold_index_${table.name}_${place + 1}`)
  return `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${name} ON ${quoteName(table.name)} (${index.columns.map(quoteName).join(', ')})`
}

function literal(value: SqlValue): string {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return quoteText(value)
  return value instanceof Uint8Array ? quoteBytes(value) : String(value)
}
