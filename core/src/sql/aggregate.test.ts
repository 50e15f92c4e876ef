import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bigint, boolean, integer, json, real, text, timestamp } from '../schema/column.ts'
import { table } from '../schema/table.ts'
import { groupBy } from './group-by.ts'
import { innerJoin, leftJoin } from './join.ts'
import { TestDatabase } from './testing/database.ts'
import { anyItems, anySpec, buildSpec, type Item, items, order, truthOf } from './testing/reference.ts'

const database = new TestDatabase(items)
const numbers = (rows: readonly Item[]) => rows.map((row) => row.n).filter((n) => n !== null)

describe('aggregates', () => {
  test('count, sum, min, max and avg of what matches', () => {
    fc.assert(
      fc.property(anyItems, anySpec, (rows, spec) => {
        database.refill(items, rows)
        const query = items.where((is) => buildSpec(is, spec))
        const kept = rows.filter((row) => truthOf(spec, row) === true)
        const ns = numbers(kept)
        const texts = kept
          .map((row) => row.t)
          .filter((t) => t !== null)
          .toSorted(order)
        const sum = ns.reduce((a, b) => a + b, 0)
        expect(database.query(query.count())).toBe(kept.length)
        expect(database.query(query.sum('n'))).toBe(sum)
        expect(database.query(query.min('n'))).toBe(ns.length ? Math.min(...ns) : null)
        expect(database.query(query.max('t'))).toBe(texts.at(-1) ?? null)
        expect(database.query(query.avg('n'))).toBe(ns.length ? sum / ns.length : null)
      }),
      { numRuns: 150 },
    )
  })

  test('values come decoded, and the sum of nothing is 0', () => {
    const kinds = table('kinds', {
      id: integer().primaryKey(),
      b: boolean(),
      at: timestamp(),
      big: bigint(),
      r: real(),
      j: json().nullable(),
    })
    const kindsDatabase = new TestDatabase(kinds)
    expect(
      [kinds.sum('big'), kinds.sum('r'), kinds.max('at')].map((query) => kindsDatabase.query(query as never)),
    ).toEqual([0n, 0, null])
    kindsDatabase.write([
      kinds.insert({ id: 1, b: true, at: new Date(1), big: 2n ** 60n, r: 0.5 }),
      kinds.insert({ id: 2, b: false, at: new Date(2), big: 1n, r: 0.25 }),
    ])
    expect(kindsDatabase.query(kinds.sum('big'))).toBe(2n ** 60n + 1n)
    expect(kindsDatabase.query(kinds.min('big'))).toBe(1n)
    expect(kindsDatabase.query(kinds.max('at'))).toEqual(new Date(2))
    expect(kindsDatabase.query(kinds.max('b'))).toBe(true)
    expect(kindsDatabase.query(kinds.sum('r'))).toBe(0.75)
  })

  test.each<[string, () => unknown, string]>([
    ['the sum of text', () => items.sum('t' as never), 'items.t is text'],
    ['the average of dates', () => items.avg('at' as never), 'items.at is timestamp'],
    ['an unknown column', () => items.max('x' as never), 'no column "x"'],
    ['a count of a limited list', () => items.limit(2).count(), 'leave out limit'],
    ['groups of a limited list', () => groupBy(items.offset(2), 'b'), 'leave out limit'],
    ['groups of nothing', () => groupBy(items), 'names no column'],
    ['an aggregate from elsewhere', () => groupBy(items, 'b').aggregate(() => ({ n: 1 as never })), 'n is not made'],
    ['a name used twice', () => groupBy(items, 'b').aggregate((of) => ({ b: of.count() })), 'b is a group already'],
    [
      'an order by no column',
      () =>
        groupBy(items, 'b')
          .aggregate((of) => ({ n: of.count() }))
          .orderBy('x' as never),
      'they have b, n',
    ],
  ])('refuses %s', (_, run, message) => {
    expect(run).toThrowError(
      expect.objectContaining({ code: 'query/invalid', message: expect.stringContaining(message) }),
    )
  })
})

describe('groups', () => {
  const perGroup = groupBy(items, 'b', 'n').aggregate((of) => ({
    count: of.count(),
    last: of.max('id'),
    total: of.sum('r'),
  }))

  test('one row for each combination, in the order of the groups', () => {
    fc.assert(
      fc.property(anyItems, (rows) => {
        database.refill(items, rows)
        const groups = Map.groupBy(rows, (row) => `${row.b} ${row.n}`)
        const expected = [...groups.values()].map((group) => ({
          b: group[0]?.b,
          n: group[0]?.n,
          count: group.length,
          last: group
            .map((row) => row.id)
            .toSorted(order)
            .at(-1),
          total: expect.closeTo(group.reduce((sum, row) => sum + row.r, 0)),
        }))
        const byGroup = expected.toSorted((a, b) => order(a.b, b.b) || order(a.n, b.n))
        expect(database.query(perGroup)).toEqual(byGroup)
        const byCount = byGroup.toSorted((a, b) => b.count - a.count)
        expect(database.query(perGroup.orderBy('count', 'desc').limit(2).offset(1))).toEqual(byCount.slice(1, 3))
        expect(database.query(perGroup.orderBy('count', 'desc').first())).toEqual(byCount[0])
      }),
      { numRuns: 100 },
    )
  })
})

describe('joins', () => {
  const people = table('people', { id: text().primaryKey(), name: text(), bossId: text().nullable() })
  const tasks = table('tasks', { id: text().primaryKey(), name: text(), by: text().nullable(), done: boolean() })
  const joined = new TestDatabase(people, tasks)
  joined.write([
    people.insert({ id: 'p1', name: 'Ann' }),
    people.insert({ id: 'p2', name: 'Bo', bossId: 'p1' }),
    tasks.insert({ id: 't1', name: 'dig', by: 'p2', done: true }),
    tasks.insert({ id: 't2', name: 'sow', by: 'p2', done: false }),
    tasks.insert({ id: 't3', name: 'rest', done: false }),
  ])

  test('inner: rows with a match, columns named by table and decoded', () => {
    expect(joined.query(innerJoin(tasks.where({ done: true }), people, { by: 'id' }))).toEqual([
      {
        'tasks.id': 't1',
        'tasks.name': 'dig',
        'tasks.by': 'p2',
        'tasks.done': true,
        'people.id': 'p2',
        'people.name': 'Bo',
        'people.bossId': 'p1',
      },
    ])
  })

  test('left: null where nothing matches; select settles names', () => {
    const query = leftJoin(tasks, people, { by: 'id' })
      .select({ task: 'tasks.name', by: 'people.name' })
      .orderBy('people.name', 'desc')
      .orderBy('tasks.name')
    expect(joined.query(query)).toEqual([
      { task: 'dig', by: 'Bo' },
      { task: 'sow', by: 'Bo' },
      { task: 'rest', by: null },
    ])
  })

  test('a table with itself, three tables, and aggregates over them', () => {
    const chain = innerJoin(innerJoin(tasks, people, { by: 'id' }), people.as('boss'), { 'people.bossId': 'id' })
    expect(
      joined.query(chain.where({ 'tasks.done': false }).select({ task: 'tasks.name', boss: 'boss.name' })),
    ).toEqual([{ task: 'sow', boss: 'Ann' }])
    expect(joined.query(chain.count())).toBe(2)
    expect(joined.query(groupBy(chain, 'boss.name').aggregate((of) => ({ n: of.count() })))).toEqual([
      { 'boss.name': 'Ann', n: 2 },
    ])
  })

  test.each<[string, () => unknown, string]>([
    ['one name twice', () => innerJoin(people, people, { bossId: 'id' }), 'as('],
    ['no columns', () => innerJoin(tasks, people, {}), 'no columns to join on'],
    ['an unknown left column', () => innerJoin(tasks, people, { x: 'id' } as never), 'no column "x"'],
    ['an unknown right column', () => innerJoin(tasks, people, { by: 'x' as never }), 'people has no column "x"'],
    ['a join after select', () => innerJoin(tasks.select('id'), people, { by: 'id' }), 'before select'],
  ])('refuses %s', (_, run, message) => {
    expect(run).toThrowError(
      expect.objectContaining({ code: 'query/invalid', message: expect.stringContaining(message) }),
    )
  })
})
