import { StoreError } from '../base/errors.ts'
import type { Column, Table } from '../schema/table-structure.ts'
import { quoteName } from './identifier.ts'

/** A column as a statement names it: always with its table, so that no result alias can shadow it. */
export interface ColumnRef {
  readonly column: Column
  /** `"todos"."done"` */
  readonly text: string
}

/** A table as it stands in FROM, under its own name or an alias. */
export interface Source {
  readonly table: Table
  readonly alias: string
  readonly from: string
  readonly refs: ReadonlyMap<string, ColumnRef>
  /** The key's columns, in key order. */
  readonly key: readonly ColumnRef[]
}

/** The columns that a query can name, by the name it uses. */
export interface Scope {
  readonly title: string
  readonly refs: ReadonlyMap<string, ColumnRef>
}

export function sourceOf(table: Table, alias: string = table.name): Source {
  const quoted = quoteName(alias)
  const refs = new Map<string, ColumnRef>()
  for (const column of table.columns) {
    refs.set(column.name, { column, text: `${quoted}.${quoteName(column.name)}` })
  }
  return {
    table,
    alias,
    from: alias === table.name ? quoted : `${quoteName(table.name)} as ${quoted}`,
    refs,
    key: table.primaryKey.map((name) => refs.get(name) as ColumnRef),
  }
}

/** `"todos"."id" = ?`: the key, column by column. */
export function keyEquals({ key }: Source): string {
  return key.map(({ text }) => `${text} = ?`).join(' and ')
}

/** The names of one table are plain, those of a join have their table before them: `todos.title`. */
export function scopeOf(...sources: readonly Source[]): Scope {
  const [only] = sources
  if (only && sources.length === 1) return { title: only.alias, refs: only.refs }
  const refs = new Map<string, ColumnRef>()
  for (const source of sources) for (const [name, ref] of source.refs) refs.set(`${source.alias}.${name}`, ref)
  return { title: sources.map((source) => source.alias).join(' join '), refs }
}

/** The column of that name. Throws `query/invalid` when the scope has none. */
export function refIn(scope: Scope, name: unknown): ColumnRef {
  const ref = scope.refs.get(name as string)
  if (ref) return ref
  const known = [...scope.refs.keys()].join(', ')
  throw new StoreError('query/invalid', `${scope.title} has no column ${JSON.stringify(name)}; it has ${known}`)
}
