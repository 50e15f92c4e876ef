import { StoreError } from '../base/errors.ts'
import { storedBigint } from '../schema/column-type.ts'
import { isColumn, isTable, nameOf } from '../schema/table-structure.ts'
import type { SqlValue } from '../sqlite/driver.ts'
import { quoteName } from './identifier.ts'
import type { Query } from './query.ts'
import { type QueryPlan, sqlPlan } from './query-plan.ts'
import { type Write, type WriteForm, WriteOperation } from './write.ts'

/** What a tagged `sql` takes: values to bind (arrays become lists), tables, columns, and other tagged `sql`. */
export type SqlInput = SqlFragment | object | readonly unknown[] | null | boolean | number | bigint | string

/** SQL with its binds. A query, a write, or a piece of either. */
export interface SqlFragment<Row = Readonly<Record<string, unknown>>>
  extends Query<readonly Row[], never>,
    Write<never> {
  /**
   * Says what its rows look like. Values come as stored: booleans as 0 and 1, timestamps as milliseconds, JSON as text.
   *
   * @example
   * const perList = sql`select listId, count(*) as n from todos group by listId`.as<{ listId: string; n: number }>()
   */
  as<T>(): SqlFragment<T>
}

/** The one implementation of `SqlFragment`. */
class TaggedSql {
  readonly text: string
  readonly binds: readonly SqlValue[]
  #plan: QueryPlan | null = null

  constructor(text: string, binds: readonly SqlValue[]) {
    this.text = text
    this.binds = binds
  }

  as(): TaggedSql {
    return this
  }

  toPlan(): QueryPlan {
    this.#plan ??= sqlPlan(this.text.trim(), this.binds)
    return this.#plan
  }

  toWrite(): WriteOperation {
    const form: WriteForm = {
      kind: 'sql',
      table: null,
      sql: this.text.trim(),
      keyPlaces: null,
      blind: false,
      sets: null,
    }
    return new WriteOperation(form, this.binds)
  }
}

/**
 * SQL as a plain value: a query, a write of a materializer, or a part of another `sql`. Interpolated values are bound,
 * never pasted: booleans as 0 and 1, Dates as milliseconds, arrays as `(?, ?, …)`. Tables and columns stand for their
 * quoted names. Throws `query/invalid` for values SQLite cannot hold.
 *
 * End lists with an `order by` that includes the key: ties come in no order of their own.
 *
 * @example
 * const late = sql`select * from ${todos} where ${todos.column('createdAt')} < ${day} order by id`.as<{ id: string }>()
 * const clear = sql`delete from todos where listId in ${['a', 'b']}`
 */
export function sql(strings: TemplateStringsArray, ...values: readonly SqlInput[]): SqlFragment {
  const binds: SqlValue[] = []
  const pieces = values.map((value) => spell(value, binds))
  return new TaggedSql(textOf(strings, pieces), binds) as unknown as SqlFragment
}

/** Texts of templates that interpolate values alone: one string object each, whose hash the statement cache knows. */
const plainTexts = new WeakMap<TemplateStringsArray, string>()

function textOf(strings: TemplateStringsArray, pieces: readonly string[]): string {
  const plain = pieces.every((piece) => piece === '?')
  const known = plain ? plainTexts.get(strings) : undefined
  if (known !== undefined) return known
  const text = strings.reduce((before, next, i) => before + pieces[i - 1] + next)
  if (plain) plainTexts.set(strings, text)
  return text
}

function spell(value: unknown, binds: SqlValue[]): string {
  if (value instanceof TaggedSql) {
    binds.push(...value.binds)
    return value.text
  }
  if (isColumn(value)) return `${quoteName(value.table)}.${quoteName(value.name)}`
  if (isTable(value)) return quoteName(value.name)
  if (Array.isArray(value)) {
    for (const one of value) binds.push(bindable(one, 'an interpolated list'))
    return `(${value.map(() => '?').join(', ')})`
  }
  binds.push(bindable(value, 'an interpolated value'))
  return '?'
}

/** What SQLite binds for a value of the app. Throws `query/invalid` for what it cannot hold. */
export function bindable(value: unknown, what: string): SqlValue {
  // biome-ignore lint/style/noRestrictedGlobals: the type of a value, not a clock
  const plain = value instanceof Date ? value.getTime() : value
  if (typeof plain === 'string') return plain.toWellFormed()
  if (typeof plain === 'boolean') return Number(plain)
  // SQLite has no -0.
  if (typeof plain === 'number' && !Number.isNaN(plain)) return plain + 0
  if (plain === null) return plain
  // A copy, as of what columns encode.
  if (plain instanceof Uint8Array) return new Uint8Array(plain)
  const stored = typeof plain === 'bigint' ? storedBigint(plain) : undefined
  if (stored !== undefined) return stored
  throw new StoreError(
    'query/invalid',
    `${what} is ${nameOf(value)}, which SQLite cannot hold: give text, a number, a bigint of 64 bits, a boolean, a valid Date, a Uint8Array or null (JSON: JSON.stringify it)`,
  )
}
