import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ColumnBuilder, integer, json, text } from '../schema/column.ts'
import { table } from '../schema/table.ts'
import { sql } from './tagged.ts'
import { TestDatabase } from './testing/database.ts'
import { anyItem, anyItems, anySpec, buildSpec, items, order, truthOf } from './testing/reference.ts'
import { writesOf } from './write.ts'

const pairs = table(
  'pairs',
  { a: text(), b: integer(), c: text().default('c'), d: json<unknown>().nullable() },
  { primaryKey: ['b', 'a'] },
)
const only = (result: Parameters<typeof writesOf>[0]) => writesOf(result)[0]

describe('writes', () => {
  test('update and delete change the rows for which the condition is true, and no others', () => {
    const database = new TestDatabase(items)
    fc.assert(
      fc.property(anyItems, anySpec, fc.integer({ min: -2, max: 3 }), (rows, spec, n) => {
        database.refill(items, rows)
        const hit = (row: (typeof rows)[number]) => truthOf(spec, row) === true
        const byId = rows.toSorted((a, b) => order(a.id, b.id))
        database.write(items.update({ n, t: undefined }).where((is) => buildSpec(is, spec)))
        expect(database.query(items)).toEqual(byId.map((row) => (hit(row) ? { ...row, n } : row)))
        database.refill(items, rows)
        database.write(items.delete().where((is) => buildSpec(is, spec)))
        expect(database.query(items)).toEqual(byId.filter((row) => !hit(row)))
      }),
      { numRuns: 200 },
    )
  })

  test('a write with a key touches that row alone', () => {
    const database = new TestDatabase(items)
    fc.assert(
      fc.property(anyItems, anySpec, anyItem, (rows, spec, row) => {
        const writes = [
          items.upsert(row),
          items.insertOrIgnore(row),
          items.update({ n: 1 }).where((is) => buildSpec(is, spec)),
          items
            .update({ n: 1 })
            .where({ id: row.id })
            .where((is) => buildSpec(is, spec)),
          items.delete().where((is) => is.and(buildSpec(is, spec), { id: row.id })),
        ]
        for (const write of writes) {
          const key = only(write)?.key
          if (!key) continue
          database.refill(items, rows)
          const others = items.where('id', '!=', key[0] as string)
          const before = database.query(others)
          database.write(write)
          expect(database.query(others)).toEqual(before)
        }
      }),
      { numRuns: 100 },
    )
  })

  test('key: full primary key in key order and stored form, or null', () => {
    expect(only(pairs.insert({ a: 'x', b: 1 }))).toMatchObject({
      form: { kind: 'insert', table: 'pairs' },
      key: [1, 'x'],
    })
    expect(only(pairs.update({ c: 'd' }).where({ a: 'x', b: 1 }))).toMatchObject({
      form: { kind: 'update' },
      key: [1, 'x'],
    })
    expect(only(pairs.update({ c: 'd' }).where({ a: 'x' }).where('b', '=', 1).where({ c: 'e' }))?.key).toEqual([1, 'x'])
    expect(only(pairs.delete().where({ a: 'x', b: 1 }))).toMatchObject({ form: { kind: 'delete' }, key: [1, 'x'] })
    expect(only(pairs.delete().where({ a: ['x'], b: 1 }))).toMatchObject({ form: { kind: 'delete' }, key: [1, 'x'] })
    for (const predicate of [
      pairs.update({ c: 'd' }).where({ a: 'x' }),
      pairs.update({ b: 2 }).where({ a: 'x', b: 1 }),
      pairs.update({ c: 'd' }).where({ a: ['x', 'y'], b: 1 }),
      pairs.update({ c: 'd' }).where((is) => is.or({ a: 'x', b: 1 }, { a: 'y', b: 1 })),
      pairs.update({ c: 'd' }).where((is) => is.not({ a: 'x', b: 1 })),
      pairs.delete(),
      sql`delete from pairs`,
    ]) {
      expect(only(predicate)?.key).toBeNull()
    }
    expect(only(sql`delete from ${pairs}`)).toMatchObject({
      form: { kind: 'sql', table: null, sql: 'delete from "pairs"' },
    })
  })

  test('insert, insertOrIgnore and upsert meet a row of the same key', () => {
    const database = new TestDatabase(pairs)
    const row = (c: string) => ({ a: 'x', b: 1, c })
    database.write(pairs.insert({ a: 'x', b: 1, d: { e: 1 } }))
    expect(() => database.write(pairs.insert(row('2')))).toThrow()
    database.write(pairs.insertOrIgnore(row('3')))
    expect(database.query(pairs)).toEqual([{ a: 'x', b: 1, c: 'c', d: { e: 1 } }])
    database.write(pairs.upsert(row('4')))
    expect(database.query(pairs)).toEqual([{ a: 'x', b: 1, c: '4', d: { e: 1 } }])
    database.write([pairs.upsert({ a: 'x', b: 1 }), pairs.upsert({ a: 'y', b: 1, d: null })])
    expect(database.query(pairs)).toEqual([
      { a: 'x', b: 1, c: '4', d: { e: 1 } },
      { a: 'y', b: 1, c: 'c', d: null },
    ])
  })

  test('insertOrIgnore and upsert settle conflicts on the key alone: another UNIQUE still fails', () => {
    const slots = table('slots', { id: text().primaryKey(), slot: integer().unique() })
    const database = new TestDatabase(slots)
    database.write(slots.insert({ id: 'a', slot: 1 }))
    expect(() => database.write(slots.insertOrIgnore({ id: 'b', slot: 1 }))).toThrow(/UNIQUE/)
    expect(() => database.write(slots.upsert({ id: 'b', slot: 1 }))).toThrow(/UNIQUE/)
  })

  test('the same columns give the same SQL text object, whatever the order of members', () => {
    const one = only(pairs.insert({ a: 'x', b: 1, d: 1 }))
    const two = only(pairs.insert({ d: 2, b: 2, c: undefined, a: 'y' }))
    expect(two?.sql).toBe(one?.sql)
    expect(two?.binds).toEqual(['y', 2, '2'])
  })

  test('tables of more columns than a number has bits', () => {
    const columns: Record<string, ColumnBuilder<number, boolean>> = { id: integer().primaryKey() }
    for (let i = 0; i < 80; i++) columns[`c${i}`] = integer().default(0)
    const wide = table('wide', columns)
    const database = new TestDatabase(wide)
    database.write([
      wide.insert({ id: 1, c79: 1 }),
      wide.insert({ id: 2, c78: 2 }),
      wide.update({ c60: 3, c1: 4 }).where({ id: 2 }),
    ])
    expect(database.query(wide.select('c1', 'c60', 'c78', 'c79'))).toEqual([
      { c1: 0, c60: 0, c78: 0, c79: 1 },
      { c1: 4, c60: 3, c78: 2, c79: 0 },
    ])
  })

  test('columns with names that every object has', () => {
    const odd = table('odd', { id: text().primaryKey(), constructor: text().default('c'), toString: text().nullable() })
    const database = new TestDatabase(odd)
    database.write(odd.insert({ id: 'a' } as never))
    database.write(odd.update({ toString: 't' } as never).where({ id: 'a' } as never))
    expect(database.stored('select * from odd')).toEqual([['a', 'c', 't']])
  })

  test('members that a class or another object gives count too', () => {
    const wide = table('wide', {
      a: text().primaryKey(),
      b: integer(),
      c: integer().nullable(),
      d: text().default('d'),
    })
    const database = new TestDatabase(wide)
    class Row {
      a = 'class'
      get b() {
        return 1
      }
      get d() {
        return 'got'
      }
    }
    const inherits = Object.assign(Object.create({ b: 2, d: 'inherited' }), { a: 'proto' })
    database.write([wide.insert(new Row()), wide.insert(inherits), wide.insert({ d: undefined, b: 3, a: 'plain' })])
    expect(database.stored('select * from wide order by b')).toEqual([
      ['class', 1, null, 'got'],
      ['proto', 2, null, 'inherited'],
      ['plain', 3, null, 'd'],
    ])
  })

  test('members that are not enumerable count like others, whatever their place, and change no other write', () => {
    const database = new TestDatabase(pairs)
    const hiding = (name: string, row: object) => Object.defineProperty(row, name, { enumerable: false })
    database.write([
      pairs.insert(hiding('a', { a: 'first', b: 1, c: 'c1' }) as never),
      pairs.insert(hiding('b', { a: 'second', b: 2 }) as never),
      pairs.insert({ a: 'third', b: 3 }),
      pairs.update(hiding('c', { c: 'c3', d: 'd3' }) as never).where({ b: 3 }),
      pairs.update({ d: 'd2' }).where({ b: 2 }),
    ])
    expect(database.stored('select a, b, c, d from pairs order by b')).toEqual([
      ['first', 1, 'c1', null],
      ['second', 2, 'c', '"d2"'],
      ['third', 3, 'c3', '"d3"'],
    ])
  })

  test('a class that gives a column is not let through with a member that is none', () => {
    class Row {
      a = 'x'
      z = 1
      get b() {
        return 1
      }
    }
    expect(() => pairs.insert(new Row())).toThrowError('no column "z"')
  })

  test.each<[string, () => unknown, string]>([
    ['a required column left out', () => pairs.insert({ a: 'x' } as never), 'pairs.insert must give b'],
    ['an unknown column', () => pairs.insert({ a: 'x', b: 1, z: 1 } as never), 'no column "z"'],
    ['an unknown column in update', () => pairs.update({ z: 1 } as never), 'no column "z"'],
    ['a value of another type', () => pairs.insert({ a: 'x', b: '1' } as never), 'pairs.b'],
    ['null where none may be', () => pairs.update({ c: null } as never), 'pairs.c must not be null'],
    ['no object', () => pairs.insert(null as never), 'takes an object'],
  ])('refuses %s', (_, run, message) => {
    expect(run).toThrowError(
      expect.objectContaining({ code: 'materializer/failed', message: expect.stringContaining(message) }),
    )
  })
})

describe('writesOf', () => {
  test('flattens lists, and skips updates of nothing', () => {
    const write = pairs.insert({ a: 'x', b: 1 })
    expect(writesOf(undefined)).toEqual([])
    expect(writesOf([write, [write] as never, pairs.update({ c: undefined })]).length).toBe(2)
  })

  test.each([null, 1, 'delete', {}, Promise.resolve(), pairs, pairs.where({ b: 1 })])('refuses %s', (value) => {
    expect(() => writesOf(value as never)).toThrowError(expect.objectContaining({ code: 'materializer/failed' }))
  })
})
