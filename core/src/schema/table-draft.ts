import { hex } from '../base/bytes.ts'
import { DEVELOPMENT } from '../base/development.ts'
import { messageOf, StoreError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import type { SqlValue } from '../sqlite/driver.ts'
import type { ColumnBuilder } from './column.ts'
import { checkTable } from './table-check.ts'
import type { TableSql } from './table-sql.ts'
import { type Table, TableColumn } from './table-structure.ts'

/** Options of a table, with the columns' names not yet checked. */
export interface TableOptions {
  readonly primaryKey?: readonly string[]
  readonly indexes?: readonly (readonly string[])[]
  readonly unique?: readonly (readonly string[])[]
}

/** Makes the structure of a definition, checked in development. Throws `schema/invalid` naming table and column. */
export function structureOf(
  name: string,
  columns: Readonly<Record<string, unknown>>,
  options: TableOptions,
  local: boolean,
): Table {
  if (DEVELOPMENT) checkTable(name, columns, options)
  const drafts = Object.entries(columns).map(([column, builder]) => ({
    name: column,
    ...(builder as ColumnBuilder<unknown, boolean>).draft,
  }))
  const primaryKey = [...(options.primaryKey ?? drafts.filter((draft) => draft.primaryKey).map((draft) => draft.name))]
  const made = drafts.map(({ name: column, type, nullable, hasDefault }, place) => {
    const required = primaryKey.includes(column) || !(nullable || hasDefault)
    return new TableColumn({ table: name, name: column, place, nullable, required }, type)
  })
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
  return {
    name,
    local,
    columns: made,
    primaryKey,
    ddl: sql,
    uniqueIndexes: sql.indexes.some((index) => index.unique),
    canonical: canonicalOf(sql, local),
  }
}

type Draft = ColumnBuilder<unknown, boolean>['draft'] & { readonly name: string }

function defaultOf(column: TableColumn, draft: Draft): SqlValue | undefined {
  if (!draft.hasDefault) return undefined
  try {
    return column.encode(draft.defaultValue, 'schema/invalid')
  } catch (error) {
    throw new StoreError('schema/invalid', `default of ${messageOf(error)}`)
  }
}

/** What the schema hash covers, as text: members in alphabetical order. Columns in theirs: images and changesets address them by place. */
function canonicalOf(sql: TableSql, local: boolean): Json {
  return {
    columns: sql.columns.map(({ name, type, nullable, defaultValue }) => ({
      default: canonicalValue(defaultValue),
      name,
      nullable,
      type: type.kind,
    })),
    indexes: sql.indexes.map(({ columns, unique }) => ({ columns, unique })),
    local,
    name: sql.name,
    primaryKey: sql.primaryKey,
  }
}

function canonicalValue(value: SqlValue | undefined): Json {
  if (value === undefined) return []
  if (typeof value === 'bigint') return [String(value), 'bigint']
  return value instanceof Uint8Array ? [hex(value), 'blob'] : [value]
}
