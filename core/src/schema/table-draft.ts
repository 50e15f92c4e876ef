import { hex } from '../base/bytes.ts'
import { messageOf, StoreError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { whyNotName } from '../sql/identifier.ts'
import type { SqlValue } from '../sqlite/driver.ts'
import { ColumnBuilder } from './column.ts'
import { createTableSql, type TableSql } from './table-sql.ts'
import { type Table, TableColumn } from './table-structure.ts'

/** Options of a table, with the columns' names not yet checked. */
export interface TableOptions {
  readonly primaryKey?: readonly string[]
  readonly indexes?: readonly (readonly string[])[]
  readonly unique?: readonly (readonly string[])[]
}

/** Checks a definition and makes its structure. Throws `schema/invalid` naming table and column. */
export function structureOf(
  name: string,
  columns: Readonly<Record<string, unknown>>,
  options: TableOptions,
  local: boolean,
): Table {
  checkTableName(name)
  const builders = Object.entries(columns)
  checkColumns(name, builders)
  const drafts = builders.map(([column, builder]) => ({
    name: column,
    ...(builder as ColumnBuilder<unknown, boolean>).draft,
  }))
  const primaryKey = primaryKeyOf(name, drafts, options)
  const made = drafts.map(
    (draft, place) =>
      new TableColumn(name, draft.name, place, {
        type: draft.type,
        nullable: draft.nullable,
        required: primaryKey.includes(draft.name) || !(draft.nullable || draft.hasDefault),
      }),
  )
  const sql: TableSql = {
    name,
    primaryKey,
    columns: drafts.map((draft, place) => ({ ...draft, defaultValue: defaultOf(made[place] as TableColumn, draft) })),
    indexes: [
      ...(options.indexes ?? []).map((index) => ({ columns: index, unique: false })),
      ...drafts.filter((draft) => draft.unique).map((draft) => ({ columns: [draft.name], unique: true })),
      ...(options.unique ?? []).map((index) => ({ columns: index, unique: true })),
    ],
  }
  for (const index of sql.indexes) checkKeyColumns(name, drafts, index.columns, 'index')
  return {
    name,
    local,
    columns: made,
    primaryKey,
    createSql: createTableSql(sql),
    uniqueIndexes: sql.indexes.some((index) => index.unique),
    canonical: canonicalOf(sql, local),
  }
}

type Draft = ColumnBuilder<unknown, boolean>['draft'] & { readonly name: string }

function checkTableName(name: string): void {
  const why = whyNotName(name)
  if (why) throw invalid(`table ${JSON.stringify(name)}: ${why}`)
  if (/^(sqlite|livefold)_/i.test(name))
    throw invalid(`table "${name}": names starting with sqlite_ or livefold_ are taken; choose another`)
}

function checkColumns(table: string, builders: readonly (readonly [string, unknown])[]): void {
  const seen = new Map<string, string>()
  for (const [name, builder] of builders) {
    const why = whyNotName(name)
    if (why) throw invalid(`column ${JSON.stringify(name)} of table "${table}": ${why}`)
    if (!(builder instanceof ColumnBuilder))
      throw invalid(`column "${name}" of table "${table}" is not made by text(), integer() …`)
    // SQLite does not tell ASCII cases apart in names.
    const other = seen.get(asciiLower(name))
    if (other !== undefined)
      throw invalid(`table "${table}" has two columns SQLite cannot tell apart: "${other}" and "${name}"`)
    seen.set(asciiLower(name), name)
  }
}

/** SQLite compares names without regard to ASCII case, and to no other. */
export function asciiLower(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

function primaryKeyOf(table: string, drafts: readonly Draft[], options: TableOptions): readonly string[] {
  const marked = drafts.filter((draft) => draft.primaryKey).map((draft) => draft.name)
  if (marked.length > 1 || (marked.length > 0 && options.primaryKey)) {
    throw invalid(
      `table "${table}" has more than one primary key: for a key of several columns use { primaryKey: [${marked.map((name) => `'${name}'`).join(', ')}] } alone`,
    )
  }
  const key = options.primaryKey ?? marked
  if (key.length === 0)
    throw invalid(
      `table "${table}" has no primary key: mark one column with primaryKey(), or use the option { primaryKey: ['a', 'b'] }`,
    )
  checkKeyColumns(table, drafts, key, 'primary key')
  const nullable = drafts.find((draft) => key.includes(draft.name) && draft.nullable)
  if (nullable) throw invalid(`table "${table}": its primary key column "${nullable.name}" cannot be nullable`)
  return [...key]
}

function checkKeyColumns(table: string, drafts: readonly Draft[], columns: readonly string[], what: string): void {
  if (columns.length === 0) throw invalid(`table "${table}": an ${what} without columns`)
  for (const name of columns) {
    if (!drafts.some((draft) => draft.name === name))
      throw invalid(`table "${table}": its ${what} names "${name}", which is no column of it`)
  }
  if (new Set(columns).size < columns.length)
    throw invalid(`table "${table}": its ${what} names a column twice (${columns.join(', ')})`)
}

function defaultOf(column: TableColumn, draft: Draft): SqlValue | undefined {
  if (!draft.hasDefault) return undefined
  try {
    return column.encode(draft.defaultValue, 'schema/invalid')
  } catch (error) {
    throw invalid(`default of ${messageOf(error)}`)
  }
}

/** What the schema hash covers. Columns in order: images and changesets address them by place. */
function canonicalOf(sql: TableSql, local: boolean): Json {
  return {
    name: sql.name,
    local,
    primaryKey: sql.primaryKey,
    columns: sql.columns.map(({ name, type, nullable, defaultValue }) => ({
      name,
      type: type.kind,
      nullable,
      default: canonicalValue(defaultValue),
    })),
    indexes: sql.indexes.map(({ columns, unique }) => ({ columns, unique })),
  }
}

function canonicalValue(value: SqlValue | undefined): Json {
  if (value === undefined) return []
  if (typeof value === 'bigint') return [String(value), 'bigint']
  return value instanceof Uint8Array ? [hex(value), 'blob'] : [value]
}

function invalid(message: string): StoreError {
  return new StoreError('schema/invalid', message)
}
