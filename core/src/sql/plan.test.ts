import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { computed } from '../query/computed-query.ts'
import { boolean, integer, json, text } from '../schema/column.ts'
import { localTable, table } from '../schema/table.ts'
import type { SqlValue } from '../sqlite/driver.ts'
import { queryDb } from './definition.ts'
import { groupBy } from './group-by.ts'
import { innerJoin, leftJoin } from './join.ts'
import { pinsOf } from './pins.ts'
import { planOf } from './plan.ts'
import { bindsKey } from './query-plan.ts'
import { sql } from './tagged.ts'
import { TestDatabase } from './testing/database.ts'
import { anyItem, anyItems, anySpec, buildSpec, type Item, items } from './testing/reference.ts'

const bind: fc.Arbitrary<SqlValue> = fc.oneof(
  fc.constant(null),
  fc.constantFrom<SqlValue>('', 'null', '1', 'i1', 'n', 's1:a', ',', 's', 1, 0, -0, 1.5, 1n, 0n, 2n ** 60n, 2 ** 60),
  fc.string(),
  fc.integer(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.uint8Array({ maxLength: 3 }),
)

/** Same typed value for SQLite: an integer is one whether it comes as number or bigint. */
function sameBind(a: SqlValue, b: SqlValue): boolean {
  const normal = (value: SqlValue) => (typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value)
  const [x, y] = [normal(a), normal(b)]
  if (x instanceof Uint8Array && y instanceof Uint8Array) return Buffer.compare(x, y) === 0
  return x === y
}

describe('plan keys', () => {
  test('are equal exactly for equal typed binds: null ≠ "null", 1 ≠ "1", 1n = 1', () => {
    const list = fc.array(bind, { maxLength: 4 })
    fc.assert(
      fc.property(list, list, (a, b) => {
        const same = a.length === b.length && a.every((value, i) => sameBind(value, b[i] as SqlValue))
        expect(bindsKey(a) === bindsKey(b)).toBe(same)
      }),
      { numRuns: 2000 },
    )
    const integers = fc.array(fc.maxSafeInteger(), { minLength: 1 })
    fc.assert(
      fc.property(integers, (numbers) => {
        expect(bindsKey(numbers)).toBe(bindsKey(numbers.map(BigInt)))
        expect(bindsKey(numbers)).not.toBe(bindsKey(numbers.map(String)))
      }),
    )
  })

  test.each<[SqlValue[], SqlValue[]]>([
    [[null], ['null']],
    [[null], ['n']],
    [[1], ['1']],
    [[1], ['i1']],
    [[1.5], ['r1.5']],
    [[new Uint8Array([1])], ['b01']],
    [['a', 'b'], ['a,s1:b']],
    [['a', 'b'], ['a,b']],
    [
      ['a,', ''],
      ['a', ','],
    ],
    [[1, 2], [12]],
    [[], [null]],
    [[2 ** 60], [2n ** 60n]],
  ])('%o is not %o', (a, b) => {
    expect(bindsKey(a)).not.toBe(bindsKey(b))
  })

  test('tell apart SQL, result kind and decoding, and nothing else', () => {
    const same = table('items', { id: text().primaryKey(), n: json().nullable() })
    const other = table('items', { id: text().primaryKey(), n: text().nullable() })
    const keys = [
      items,
      items.first(),
      items.limit(1),
      items.limit(2),
      items.count(),
      items.where({ t: null }),
      items.where({ t: 'null' }),
      items.where({ t: '1' }),
      items.where({ n: 1 }),
      same,
      other,
      sql`${1}`,
      sql`${'1'}`,
    ].map((query) => planOf(query).key)
    expect(new Set(keys).size).toBe(keys.length)
    expect(planOf(items.where({ n: 1 })).key).toBe(planOf(items.where('n', '=', 1)).key)
    expect(planOf(queryDb(items, { label: 'all' })).key).toBe(planOf(items).key)
    expect(planOf(sql`select ${1n}`).key).toBe(planOf(sql`select ${1}`).key)
  })

  test('a tagged sql with the text of a builder is another query: its values are not decoded', () => {
    const plan = planOf(items)
    const raw = planOf(sql([plan.sql] as never as TemplateStringsArray))
    expect(raw.sql).toBe(plan.sql)
    expect(raw.key).not.toBe(plan.key)
  })
})

describe('pins', () => {
  const pinned = (query: unknown) => pinsOf(planOf(query))?.map(({ column, values }) => [column, values]) ?? null

  test.each<[string, unknown, unknown]>([
    ['equality', items.where({ id: 'i1' }), [['id', ['i1']]]],
    [
      'stored form',
      items.where({ b: true, at: new Date(5) }),
      [
        ['b', [1]],
        ['at', [5]],
      ],
    ],
    ['in', items.where({ n: [1, 2, 2] }), [['n', [1, 2]]]],
    ['null', items.where({ n: null }), [['n', [null]]]],
    ['a list with null', items.where({ n: [1, null] }), [['n', [1, null]]]],
    ['is', items.where('n', 'is', 1), [['n', [1]]]],
    [
      'several wheres',
      items.where({ n: 1 }).where('t', '<', 'x').where({ t: 'a' }),
      [
        ['n', [1]],
        ['t', ['a']],
      ],
    ],
    ['the shorter list of one column', items.where({ n: [1, 2] }).where({ n: 2 }), [['n', [2]]]],
    ['or on one column', items.where((is) => is.or({ n: 1 }, is.and({ n: [2, 3] }, { t: 'a' }))), [['n', [1, 2, 3]]]],
    ['or on two columns', items.where((is) => is.or({ n: 1 }, { t: 'a' })), null],
    ['or with a range', items.where((is) => is.or({ n: 1 }, is('n', '>', 2))), null],
    ['or of nothing', items.where((is) => is.or()), null],
    ['not', items.where((is) => is.not({ n: 1 })), null],
    ['not in', items.where('n', 'not in', [1]), null],
    ['!=', items.where('n', '!=', 1), null],
    ['is not', items.where('n', 'is not', null), null],
    ['a range', items.where('n', '<', 1), null],
    ['like', items.where('t', 'like', 'a'), null],
    ['nothing', items, null],
    ['a count', items.where({ n: 1 }).count(), [['n', [1]]]],
    ['groups', groupBy(items.where({ n: 1 }), 't').aggregate((of) => ({ c: of.count() })), [['n', [1]]]],
    ['a join', innerJoin(items.where({ n: 1 }), items.as('o'), { id: 'id' }), null],
    ['tagged sql', sql`select * from items where n = ${1}`, null],
  ])('%s', (_, query, expected) => {
    expect(pinned(query)).toEqual(expected)
  })

  test('a row beyond the pins never matters', () => {
    const database = new TestDatabase(items)
    fc.assert(
      fc.property(anyItems, anySpec, anyItem, (rows, spec, changed) => {
        const query = items.where((is) => buildSpec(is, spec))
        const before = rows.find((row) => row.id === changed.id)
        for (const pin of pinsOf(planOf(query)) ?? []) {
          const stored = (row: Item) => items.column(pin.column as keyof Item).encode(row[pin.column as keyof Item])
          if ([before, changed].some((row) => row && pin.values.includes(stored(row)))) continue
          database.refill(items, rows)
          const first = database.query(query)
          database.write(items.upsert(changed))
          expect(database.query(query)).toEqual(first)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('identity', () => {
  const pairs = table('pairs', { a: text(), b: integer(), c: text() }, { primaryKey: ['b', 'a'] })

  test('names the properties that are the primary key, when all of it is selected', () => {
    expect(planOf(items).identity).toEqual(['id'])
    expect(planOf(items.select('t', 'id')).identity).toEqual(['id'])
    expect(planOf(items.select({ key: 'id' })).identity).toEqual(['key'])
    expect(planOf(items.select('t')).identity).toBeNull()
    expect(planOf(pairs).identity).toEqual(['b', 'a'])
    expect(planOf(pairs.select('a', 'c')).identity).toBeNull()
    expect(planOf(leftJoin(pairs, items, { c: 'id' })).identity).toEqual(['pairs.b', 'pairs.a', 'items.id'])
    expect(planOf(groupBy(pairs, 'c').aggregate((of) => ({ n: of.count() }))).identity).toEqual(['c'])
    expect(planOf(items.count()).identity).toBeNull()
  })

  test('one index serves an order either way, ties included', () => {
    const indexed = table(
      'indexed',
      { id: text().primaryKey(), list: text(), at: integer() },
      { indexes: [['list', 'at']] },
    )
    const { driver } = new TestDatabase(indexed)
    for (const direction of ['asc', 'desc'] as const) {
      const { sql: text, binds } = planOf(indexed.where({ list: 'a' }).orderBy('at', direction).limit(10))
      const steps = driver.prepare(`explain query plan ${text}`).rows(binds)
      expect(steps.map(({ detail }) => detail)).toEqual([expect.stringMatching(/^SEARCH indexed USING .*INDEX/)])
    }
  })

  test('every list ends its order with the primary key, in the direction of the last column', () => {
    expect(planOf(pairs.orderBy('c')).sql).toMatch(/order by "pairs"\."c", "pairs"\."b", "pairs"\."a"$/)
    expect(planOf(pairs.orderBy('c', 'desc')).sql).toMatch(
      /order by "pairs"\."c" desc, "pairs"\."b" desc, "pairs"\."a" desc$/,
    )
    expect(planOf(pairs.orderBy('a', 'desc')).sql).toMatch(/order by "pairs"\."a" desc, "pairs"\."b" desc$/)
    expect(planOf(innerJoin(pairs, items, { c: 'id' })).sql).toMatch(
      /order by "pairs"\."b", "pairs"\."a", "items"\."id"$/,
    )
    expect(
      planOf(
        groupBy(pairs, 'c')
          .aggregate((of) => ({ n: of.count() }))
          .orderBy('n'),
      ).sql,
    ).toMatch(/order by 2, 1$/)
  })
})

describe('planOf', () => {
  test('gives one plan object for one definition, and one SQL string for equal shapes', () => {
    const query = items.where({ n: 1 })
    expect(planOf(query)).toBe(planOf(query))
    const labelled = queryDb(query, { label: 'one' })
    expect(planOf(labelled)).toBe(planOf(labelled))
    expect(planOf(labelled).label).toBe('one')
    expect(planOf(queryDb(labelled)).label).toBe('one')
    expect(planOf(query).label).toBeNull()
  })

  test.each([
    null,
    undefined,
    1,
    'select 1',
    {},
    [],
    () => 0,
    computed(() => 1),
    items.insert({ id: 'a', b: true, r: 0 }),
  ])('refuses %s', (value) => {
    expect(() => planOf(value)).toThrowError(expect.objectContaining({ code: 'query/invalid' }))
  })

  test('local tables plan like synced ones', () => {
    const ui = localTable('ui', { key: text().primaryKey(), on: boolean() })
    expect(pinsOf(planOf(ui.where({ on: true })))).toEqual([{ table: 'ui', column: 'on', values: [1] }])
  })
})
