import { StoreError } from '../base/errors.ts'
import type { Column, Table } from '../schema/table-structure.ts'
import { quoteName } from './identifier.ts'

/** A column as a statement names it: always with its table, so that no result alias can shadow it. */
export interface ColumnRef {
  readonly column: Column
  /** `"todos"."done"` */
  readonly text: string
}

/** The columns that a query can name, by the name it uses: plain ones for a single table. */
export interface Scope {
  /** What messages call it. */
  readonly title: string
  readonly refs: ReadonlyMap<string, ColumnRef>
}

/** A table as it stands in FROM, and the scope of a query of it alone. */
export interface Source extends Scope {
  readonly table: Table
  /** Its own name or an alias. */
  readonly title: string
  readonly from: string
  /** The key's columns, in key order. */
  readonly key: readonly ColumnRef[]
}

export function sourceOf(table: Table, title: string = table.name): Source {
  const quoted = quoteName(title)
  const refs = new Map<string, ColumnRef>()
  for (const column of table.columns) {
    refs.set(column.name, { column, text: `${quoted}.${quoteName(column.name)}` })
  }
  return {
    table,
    title,
    from: title === table.name ? quoted : `${quoteName(table.name)} as ${quoted}`,
    refs,
    key: table.primaryKey.map((name) => refs.get(name) as ColumnRef),
  }
}

/** `"todos"."id" = ?`: the key, column by column. */
export function keyEquals({ key }: Source): string {
  return key.map(({ text }) => `${text} = ?`).join(' and ')
}

/** The column of that name. Throws `query/invalid` when the scope has none. */
export function refIn(scope: Scope, name: unknown): ColumnRef {
  const ref = scope.refs.get(name as string)
  if (ref) return ref
  const known = [...scope.refs.keys()].join(', ')
  throw new StoreError('query/invalid', `${scope.title} has no column ${JSON.stringify(name)}; it has ${known}`)
}
