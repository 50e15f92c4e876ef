import fc from 'fast-check'
import { bigint, blob, boolean, type ColumnBuilder, integer, json, real, text, timestamp } from '../../schema/column.ts'
import { type TableDefinition, table } from '../../schema/table.ts'
import { groupBy } from '../../sql/group-by.ts'
import { leftJoin } from '../../sql/join.ts'
import type { Columns } from '../../sql/rows.ts'
import { sql } from '../../sql/tagged.ts'
import type { ConditionBuilder, ConditionOf, Operator } from '../../sql/where.ts'
import type { WriteSource } from '../../sql/write.ts'

/** A table of a random schema: its columns are known at run time alone. */
export type AnyTable = TableDefinition<string, Columns, false>

type Condition = (is: ConditionBuilder<Record<string, unknown>>) => ConditionOf<Record<string, unknown>>
type Row = Record<string, unknown>

// Few values each, so that rows meet, tie and come back; with the pairs that careless comparisons take for equal.
const domains = {
  // UTF-16 would order the last three otherwise; a replacement character makes JavaScript unsure of the bytes.
  text: ['', 'a', 'b', 'null', '1', 'é', '\uff5e', '\u{1f600}', 'a\u{1f600}', '\ufffd'],
  integer: [0, 1, 2, -1, 2 ** 52],
  real: [0, 0.5, 1, -1.5],
  boolean: [false, true],
  timestamp: [new Date(0), new Date(1)],
  json: [null, 'a', { a: 1 }, { a: [1, { b: null }] }, []],
  blob: [new Uint8Array(), new Uint8Array([0]), new Uint8Array([0, 255])],
  bigint: [0n, 1n, 2n ** 62n, -(2n ** 62n)],
} as const
const makers = { text, integer, real, boolean, timestamp, json, blob, bigint }
type Kind = keyof typeof domains
const kinds = Object.keys(domains) as Kind[]

const kindOf = (of: AnyTable, column: string) => of.columns.find(({ name }) => name === column)?.type as Kind
const namesOf = (of: AnyTable) => of.columns.map(({ name }) => name)

function value(of: AnyTable, column: string): fc.Arbitrary<unknown> {
  const found = fc.constantFrom<unknown>(...domains[kindOf(of, column)])
  const nullable = of.columns.find(({ name }) => name === column)?.nullable
  return nullable ? fc.oneof({ weight: 3, arbitrary: found }, fc.constant(null)) : found
}

const extra = fc.record({ kind: fc.constantFrom(...kinds), nullable: fc.boolean() })

/** Of one column or several, of any kind. */
const anyKey = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom<Kind[]>(['text'], ['integer'], ['text', 'integer']) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 3 }) },
)

function anyTable(name: string): fc.Arbitrary<AnyTable> {
  return fc
    .record({
      key: anyKey,
      extras: fc.array(extra, { maxLength: 2 }),
      index: fc.boolean(),
      unique: fc.nat(3),
    })
    .map(({ key, extras, index, unique }) => {
      const made = (kind: Kind) => makers[kind]() as ColumnBuilder<unknown, boolean>
      const [first = 'text', ...others] = key
      const columns: Record<string, ColumnBuilder<unknown, boolean>> = {
        id: made(first),
        ref: text().nullable() as ColumnBuilder<unknown, boolean>,
        n: (unique === 0 ? integer().unique() : integer()) as ColumnBuilder<unknown, boolean>,
      }
      others.forEach((kind, i) => {
        columns[`k${i}`] = made(kind)
      })
      extras.forEach(({ kind, nullable }, i) => {
        columns[`x${i}`] = nullable ? made(kind).nullable() : made(kind)
      })
      return table(name, columns, {
        // Not in the order of the columns.
        primaryKey: [...others.map((_, i) => `k${i}`), 'id'],
        indexes: index ? [['ref', 'n']] : [],
      }) as unknown as AnyTable
    })
}

/** One to three tables with keys of one or two columns. */
export const anyTables: fc.Arbitrary<readonly AnyTable[]> = fc
  .integer({ min: 1, max: 3 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => anyTable(`t${i}`))))

function row(of: AnyTable): fc.Arbitrary<Row> {
  return fc.record(Object.fromEntries(namesOf(of).map((name) => [name, value(of, name)])))
}

/** A key of the table, whole. */
function key(of: AnyTable): fc.Arbitrary<Row> {
  return fc.record(Object.fromEntries(of.primaryKey.map((name) => [name, value(of, name)])))
}

function comparison(of: AnyTable): fc.Arbitrary<Condition> {
  return fc.constantFrom(...namesOf(of)).chain((column) =>
    fc.oneof(
      {
        weight: 4,
        arbitrary: value(of, column).map(
          (v): Condition =>
            (is) =>
              is(column, '=', v as never),
        ),
      },
      fc.array(value(of, column), { maxLength: 12 }).map(
        (list): Condition =>
          (is) =>
            is(column, 'in', list as never),
      ),
      fc.tuple(fc.constantFrom<Operator>('!=', '<', '>='), fc.constantFrom(...domains[kindOf(of, column)])).map(
        ([operator, v]): Condition =>
          (is) =>
            v === null ? { [column]: v } : is(column, operator, v as never),
      ),
    ),
  )
}

function condition(of: AnyTable): fc.Arbitrary<Condition> {
  const one = comparison(of)
  const several = fc.array(one, { minLength: 1, maxLength: 3 })
  return fc.oneof(
    { weight: 3, arbitrary: one },
    several.map(
      (parts): Condition =>
        (is) =>
          is.and(...parts.map((part) => part(is))),
    ),
    several.map(
      (parts): Condition =>
        (is) =>
          is.or(...parts.map((part) => part(is))),
    ),
    one.map(
      (part): Condition =>
        (is) =>
          is.not(part(is)),
    ),
  )
}

/** Queries for the rows of keys, whole or in part. */
export function anyRowQuery(tables: readonly AnyTable[]): fc.Arbitrary<unknown> {
  return fc.constantFrom(...tables).chain((of) => {
    const column = fc.constantFrom(...namesOf(of)) as fc.Arbitrary<never>
    return fc
      .tuple(key(of), fc.option(fc.uniqueArray(column, { minLength: 1 })))
      .map(([one, selected]) =>
        (selected ? of.where(one as never).select(...selected) : of.where(one as never)).first(),
      )
  })
}

/** Builder and tagged queries over the tables: lists, first rows, counts, groups, joins and subqueries. */
export function anyQuery(tables: readonly AnyTable[]): fc.Arbitrary<unknown> {
  return fc.tuple(fc.constantFrom(...tables), fc.constantFrom(...tables)).chain(([of, other]) => {
    const filtered = fc
      .option(condition(of), { nil: null })
      .map((found) => (found ? of.where(found as never) : of.where({})))
    const column = fc.constantFrom(...namesOf(of)) as fc.Arbitrary<never>
    const listed = fc
      .tuple(
        filtered,
        fc.array(fc.tuple(column, fc.constantFrom('asc' as const, 'desc' as const)), { maxLength: 3 }),
        fc.option(fc.nat(5)),
        fc.option(fc.nat(2), { freq: 2 }),
        fc.option(fc.uniqueArray(column, { minLength: 1 }), { freq: 2 }),
      )
      .map(([query, orders, limit, offset, selected]) => {
        const ordered = orders.reduce((so, [by, direction]) => so.orderBy(by, direction), query)
        const limited = limit === null ? ordered : ordered.limit(limit)
        const moved = offset === null ? limited : limited.offset(offset)
        return selected === null ? moved : moved.select(...selected)
      })
    return fc.oneof<fc.Arbitrary<unknown>[]>(
      anyRowQuery([of]),
      anyRowQuery([of]),
      listed,
      listed,
      filtered.map((query) => query.first()),
      filtered.map((query) => query.count()),
      filtered.map((query) => query.sum('n' as never)),
      filtered.map((query) => groupBy(query, 'ref' as never).aggregate((by) => ({ count: by.count() }) as never)),
      fc.constant(leftJoin(of, other.as('other') as never, { ref: 'ref' } as never)),
      fc.constant(sql`select count(*) as n from ${of}`),
      fc.constant(sql`select ref, sum(n) as n from ${of} group by ref order by ref`),
      fc.constant(sql`select a.id, b.n from ${of} a join ${other} b on a.ref = b.ref order by a.id, b.n, b.id`),
      fc.constant(sql`select n from ${of} where exists (select 1 from ${other} o where o.n = ${1}) order by n`),
    )
  })
}

function anyWrite(tables: readonly AnyTable[]): fc.Arbitrary<WriteSource> {
  return fc.constantFrom(...tables).chain((of) => {
    const set = fc
      .uniqueArray(fc.constantFrom(...namesOf(of)), { minLength: 1, maxLength: 3 })
      .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, value(of, name)]))))
    return fc.oneof<fc.Arbitrary<WriteSource>[]>(
      row(of).map((found) => of.insertOrIgnore(found as never)),
      row(of).map((found) => of.upsert(found as never)),
      row(of).map((found) => of.upsert(found as never)),
      row(of).map((found) => of.insert(found as never)),
      row(of).map((found) => replace(of, found)),
      fc.tuple(set, key(of)).map(([to, one]) => of.update(to as never).where(one as never)),
      fc.tuple(set, key(of)).map(([to, one]) => of.update(to as never).where(one as never)),
      fc.tuple(set, condition(of)).map(([to, which]) => of.update(to as never).where(which as never)),
      condition(of).map((which) => of.delete().where(which as never)),
    )
  })
}

/** Rows to begin with: enough for limits to cut. */
export function anyRows(tables: readonly AnyTable[]): fc.Arbitrary<WriteSource[]> {
  const one = fc.constantFrom(...tables).chain((of) => row(of).map((found) => of.upsert(found as never) as WriteSource))
  return fc.array(one, { maxLength: 15 })
}

function replace(of: AnyTable, found: Row): WriteSource {
  const values = of.columns.map((column) => column.encode(found[column.name]))
  return sql`insert or replace into ${of} values ${values}`
}

/** One step in the life of a replica. */
export type Step =
  | { readonly kind: 'commit' | 'reconcile'; readonly writes: readonly WriteSource[] }
  | { readonly kind: 'moveBase' }

export function anyStep(tables: readonly AnyTable[]): fc.Arbitrary<Step> {
  const writes = fc.array(anyWrite(tables), { minLength: 1, maxLength: 4 })
  return fc.oneof(
    { weight: 6, arbitrary: writes.map((found): Step => ({ kind: 'commit', writes: found })) },
    {
      weight: 3,
      arbitrary: fc.oneof(fc.constant([]), writes).map((found): Step => ({ kind: 'reconcile', writes: found })),
    },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: 'moveBase' }) },
  )
}
