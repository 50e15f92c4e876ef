import type { ColumnBuilder } from '../schema/column.ts'

/** Columns of a table by name, as `table` takes them. */
// biome-ignore lint/suspicious/noExplicitAny: columns of every value type
export type Columns = Readonly<Record<string, ColumnBuilder<any, boolean>>>

/** `& {}` makes editors and compilers spell a type out, where they would print the alias and what it was made of. */
type Flat<T> = { [K in keyof T]: T[K] } & {}
type OptionalNames<C extends Columns> = { [K in keyof C]: C[K]['~optional'] extends true ? K : never }[keyof C]

/** A full row, as the app sees it. Rows are shared between subscribers: treat them as read-only. */
export type RowOfColumns<C extends Columns> = { readonly [K in keyof C]: C[K]['~value'] } & {}

/** What an insert takes: columns with a default and nullable ones may be left out. */
export type InsertOfColumns<C extends Columns> = Flat<
  { readonly [K in Exclude<keyof C, OptionalNames<C>>]: C[K]['~value'] } & {
    readonly [K in OptionalNames<C>]?: C[K]['~value'] | undefined
  }
>

/** What an update takes: columns left out, or undefined, stay as they are. */
export type UpdateOfColumns<C extends Columns> = { readonly [K in keyof C]?: C[K]['~value'] | undefined } & {}

/** The names a query may use: plain ones, and the ones they get in a join (`todos.title`). */
export interface ScopeTypes {
  readonly columns: object
  readonly qualified: object
}

type Qualified<N extends string, Row> = { readonly [K in keyof Row & string as `${N}.${K}`]: Row[K] }

export interface TableScope<N extends string, C extends Columns> extends ScopeTypes {
  readonly columns: RowOfColumns<C>
  readonly qualified: Qualified<N, RowOfColumns<C>>
}

/** Scope of a join: every column by its table's name. */
export interface JoinScope<S extends ScopeTypes, Row> extends ScopeTypes {
  readonly columns: Flat<S['qualified'] & Row>
  readonly qualified: Flat<S['qualified'] & Row>
}

export type JoinedRow<N extends string, C extends Columns> = Qualified<N, RowOfColumns<C>>

/** A left join's columns are null where nothing matched. */
export type LeftJoinedRow<N extends string, C extends Columns> = {
  readonly [K in keyof RowOfColumns<C> & string as `${N}.${K}`]: RowOfColumns<C>[K] | null
}
