import { StoreError } from '../base/errors.ts'
import { whyNotName } from '../sql/identifier.ts'
import { ColumnBuilder } from './column.ts'
import type { TableOptions } from './table-draft.ts'

type Draft = ColumnBuilder<unknown, boolean>['draft'] & { readonly name: string }

/** Throws `schema/invalid` naming table and column. */
export function checkTable(name: string, columns: Readonly<Record<string, unknown>>, options: TableOptions): void {
  checkName(name)
  const builders = Object.entries(columns)
  checkColumns(name, builders)
  const drafts = builders.map(([column, builder]) => ({
    ...(builder as ColumnBuilder<unknown, boolean>).draft,
    name: column,
  }))
  checkPrimaryKey(name, drafts, options)
  for (const index of [...(options.indexes ?? []), ...(options.unique ?? [])]) checkKey(name, drafts, index, 'index')
}

/** SQLite compares names without regard to ASCII case, and to no other. */
export function asciiLower(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

function checkName(name: string): void {
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

function checkPrimaryKey(table: string, drafts: readonly Draft[], options: TableOptions): void {
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
  checkKey(table, drafts, key, 'primary key')
  const nullable = drafts.find((draft) => key.includes(draft.name) && draft.nullable)
  if (nullable) throw invalid(`table "${table}": its primary key column "${nullable.name}" cannot be nullable`)
}

function checkKey(table: string, drafts: readonly Draft[], columns: readonly string[], what: string): void {
  if (columns.length === 0) throw invalid(`table "${table}": an ${what} without columns`)
  for (const name of columns) {
    if (!drafts.some((draft) => draft.name === name))
      throw invalid(`table "${table}": its ${what} names "${name}", which is no column of it`)
  }
  if (new Set(columns).size < columns.length)
    throw invalid(`table "${table}": its ${what} names a column twice (${columns.join(', ')})`)
}

function invalid(message: string): StoreError {
  return new StoreError('schema/invalid', message)
}
