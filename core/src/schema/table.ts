import { DEVELOPMENT } from '../base/development.ts'
import { StoreError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { whyNotName } from '../sql/identifier.ts'
import type { JoinTarget } from '../sql/join.ts'
import type { PredicateWrite } from '../sql/predicate-write.ts'
import type { Columns, InsertOfColumns, RowOfColumns, TableScope, UpdateOfColumns } from '../sql/rows.ts'
import type { Select } from '../sql/select.ts'
import { SelectFrame } from '../sql/select-frame.ts'
import { SelectQuery } from '../sql/select-query.ts'
import { TableWriter } from '../sql/table-writer.ts'
import type { ConditionCallback, Match, OperandOf, Operator } from '../sql/where.ts'
import type { Write, WriteSource } from '../sql/write.ts'
import { structureOf } from './table-draft.ts'
import type { TableSql } from './table-sql.ts'
import type { Column, Table } from './table-structure.ts'

/** An update or a delete: of every row, until `where` narrows it. */
export interface FilterableWrite<C extends Columns, L extends boolean> extends Write<L> {
  /**
   * Narrows the write to rows for which the condition holds; the forms are those of a query's `where`.
   *
   * @example
   * todos.update({ done: true }).where({ id })
   * todos.delete().where('createdAt', '<', day)
   */
  where(match: Match<RowOfColumns<C>> | ConditionCallback<RowOfColumns<C>>): FilterableWrite<C, L>
  where<K extends keyof C & string, O extends Operator>(
    column: K,
    operator: O,
    value: OperandOf<RowOfColumns<C>[K], O>,
  ): FilterableWrite<C, L>
}

/**
 * A table: a query of all its rows as it stands, the start of every other query of them, and of their writes.
 * Writes throw `materializer/failed` naming table and column when a value does not fit.
 */
export interface TableDefinition<N extends string, C extends Columns, L extends boolean>
  extends Table,
    Select<TableScope<N, C>, RowOfColumns<C>, L>,
    JoinTarget<N, C, L> {
  readonly name: N
  readonly local: L
  /**
   * A new row. One with the same key fails the commit; see `insertOrIgnore` and `upsert`.
   *
   * @example
   * todos.insert({ id, title, createdAt: new Date(ctx.event.at) })
   */
  insert(row: InsertOfColumns<C>): Write<L>
  /**
   * A new row, or nothing when the key is there already.
   *
   * @example
   * lists.insertOrIgnore({ id: listId, name: 'Inbox' })
   */
  insertOrIgnore(row: InsertOfColumns<C>): Write<L>
  /**
   * A new row, with defaults for what is left out; when the key is there already, sets the given columns alone.
   *
   * @example
   * ui.upsert({ key, value })
   */
  upsert(row: InsertOfColumns<C>): Write<L>
  /**
   * Sets columns of all rows; narrow it with `where`. Members that are undefined stay as they are.
   *
   * @example
   * todos.update({ done }).where({ id })
   */
  update(set: UpdateOfColumns<C>): FilterableWrite<C, L>
  /**
   * Deletes all rows; narrow it with `where`.
   *
   * @example
   * todos.delete().where({ done: true })
   */
  delete(): FilterableWrite<C, L>
  /**
   * A column, to stand in a tagged `sql`. Throws `schema/invalid` when there is none of that name.
   *
   * @example
   * sql`select max(${todos.column('createdAt')}) as latest from ${todos}`
   */
  column(name: keyof C & string): Column
  /**
   * This table under another name, to join it with itself.
   *
   * @example
   * leftJoin(people, people.as('boss'), { bossId: 'id' }).select({ name: 'people.name', boss: 'boss.name' })
   */
  as<A extends string>(alias: A): JoinTarget<A, C, L>
}

/**
 * A row of a table, as queries give it.
 *
 * @example
 * type Todo = RowOf<typeof todos>
 */
export type RowOf<T> = T extends { readonly '~columns': infer C extends Columns } ? RowOfColumns<C> : never

/**
 * What an insert into a table takes.
 *
 * @example
 * const draft: InsertOf<typeof todos> = { id, title, createdAt }
 */
export type InsertOf<T> = T extends { readonly '~columns': infer C extends Columns } ? InsertOfColumns<C> : never

type ColumnNames<C extends Columns> = readonly (keyof C & string)[]

/** What a table has beside its columns. */
export interface TableOptionsOf<C extends Columns> {
  /** A key of several columns. */
  readonly primaryKey?: ColumnNames<C>
  /** Columns to find rows by, each list one index. */
  readonly indexes?: readonly ColumnNames<C>[]
  /** Columns whose combination must be unique; see `unique()` of a column for what that means between clients. */
  readonly unique?: readonly ColumnNames<C>[]
}

/** The one implementation of `TableDefinition`: the select of all its rows, and a writer. */
class TableObject extends SelectQuery implements Table {
  declare readonly name: string
  declare readonly local: boolean
  declare readonly columns: readonly Column[]
  declare readonly primaryKey: readonly string[]
  declare readonly ddl: TableSql
  declare readonly uniqueIndexes: boolean
  declare readonly canonical: Json
  readonly #writer: TableWriter

  constructor(table: Table) {
    super(SelectFrame.of(table))
    Object.assign(this, table)
    this.#writer = new TableWriter(this.frame.source, this.filter)
  }

  insert(row: unknown): WriteSource {
    return this.#writer.insert('insert', row)
  }

  insertOrIgnore(row: unknown): WriteSource {
    return this.#writer.insert('insertOrIgnore', row)
  }

  upsert(row: unknown): WriteSource {
    return this.#writer.insert('upsert', row)
  }

  update(set: unknown): PredicateWrite {
    return this.#writer.update(set)
  }

  delete(): PredicateWrite {
    return this.#writer.delete()
  }

  column(name: string): Column {
    const found = this.columns.find((column) => column.name === name)
    if (!found) throw new StoreError('schema/invalid', `table "${this.name}" has no column ${JSON.stringify(name)}`)
    return found
  }

  as(alias: string): SelectQuery {
    const why = DEVELOPMENT && whyNotName(alias)
    if (why) throw new StoreError('query/invalid', `table "${this.name}" as ${JSON.stringify(alias)}: ${why}`)
    return new SelectQuery(SelectFrame.of(this, alias))
  }
}

/**
 * Defines a table of synced state: written by events' materializers, equal on all clients.
 * In development throws `schema/invalid` for names SQLite cannot hold, a missing primary key, or options naming no column.
 *
 * @example
 * export const todos = table('todos', {
 *   id: text().primaryKey(),
 *   title: text(),
 *   done: boolean().default(false),
 *   listId: text().nullable(),
 * }, { indexes: [['listId']] })
 */
export function table<const N extends string, C extends Columns>(
  name: N,
  columns: C,
  options: TableOptionsOf<C> = {},
): TableDefinition<N, C, false> {
  return new TableObject(structureOf(name, columns, options, false)) as unknown as TableDefinition<N, C, false>
}

/**
 * Defines a table of client-only state: written by local events, shared by this client's tabs, never synced.
 * Throws like `table`.
 *
 * @example
 * export const ui = localTable('ui', { key: text().primaryKey(), value: json<unknown>() })
 */
export function localTable<const N extends string, C extends Columns>(
  name: N,
  columns: C,
  options: TableOptionsOf<C> = {},
): TableDefinition<N, C, true> {
  return new TableObject(structureOf(name, columns, options, true)) as unknown as TableDefinition<N, C, true>
}
