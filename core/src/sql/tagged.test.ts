import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { integer, text } from '../schema/column.ts'
import { table } from '../schema/table.ts'
import { planOf } from './plan.ts'
import { type SqlInput, sql } from './tagged.ts'
import { anyText } from './testing/any-text.ts'
import { TestDatabase } from './testing/database.ts'
import { writesOf } from './write.ts'

const odd = table('odd "table"', { id: text().primaryKey(), 'a.b': integer().nullable() })
const database = new TestDatabase(odd)

describe('tagged sql', () => {
  test('binds what is interpolated, of every kind', () => {
    const bytes = new Uint8Array([1])
    const query = sql`select ${null}, ${true}, ${1.5}, ${-0}, ${5n}, ${2n ** 60n}, ${'é'}, ${new Date(7)}, ${bytes}`
    expect(planOf(query).binds).toEqual([null, 1, 1.5, 0, 5, 2n ** 60n, 'é', 7, bytes])
    expect(planOf(query).sql).toBe('select ?, ?, ?, ?, ?, ?, ?, ?, ?')
  })

  test('no text of a value becomes SQL', () => {
    fc.assert(
      fc.property(anyText(), (value) => {
        const [row] = database.query(
          sql`select ${value} as v, ${[value, 'x']} = ${['y', 'x']} as pair`.as<{ v: string }>(),
        )
        expect(row?.v).toBe(value.toWellFormed())
      }),
    )
  })

  test('tables and columns stand for their quoted names, arrays for lists, sql for itself', () => {
    const some = sql`${odd.column('a.b')} in ${[1, 2]}`
    const query = sql`select count(*) as n from ${odd} where ${some} and ${odd.column('id')} <> ${'z'}`
    expect(planOf(query)).toMatchObject({
      sql: 'select count(*) as n from "odd ""table""" where "odd ""table"""."a.b" in (?, ?) and "odd ""table"""."id" <> ?',
      binds: [1, 2, 'z'],
      shape: null,
      identity: null,
      template: { pins: [] },
      result: 'rows',
    })
    expect(database.query(query.as<{ n: number }>())).toEqual([{ n: 0 }])
  })

  test('keeps the space around what it is a part of', () => {
    const rest = sql` and id = ${'a'}`
    expect(planOf(sql`select 1 where 1${rest}${sql``}`).sql).toBe('select 1 where 1 and id = ?')
  })

  test('one template has one text, unless parts of it are SQL', () => {
    const by = (value: SqlInput) => planOf(sql`select ${value} as v`)
    expect([by(1), by('x'), by([1, 2]), by(sql`id`), by(2)].map((plan) => plan.sql)).toEqual([
      'select ? as v',
      'select ? as v',
      'select (?, ?) as v',
      'select id as v',
      'select ? as v',
    ])
    expect(by(1).binds).toEqual([1])
  })

  test('is a write too', () => {
    database.write([sql`insert into ${odd} values (${'a'}, ${1})`, sql`update ${odd} set "a.b" = ${2}`])
    expect(database.query(odd)).toEqual([{ id: 'a', 'a.b': 2 }])
    expect(writesOf(sql`delete from ${odd} where id = ${'x'}`)).toMatchObject([
      { form: { kind: 'sql', table: null }, sql: 'delete from "odd ""table""" where id = ?', binds: ['x'], key: null },
    ])
  })

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['NaN', Number.NaN],
    ['an invalid Date', new Date(Number.NaN)],
    ['a bigint beyond 64 bits', 2n ** 64n],
    ['an object', { a: 1 }],
    ['a function', () => 1],
    ['an array of arrays', [[1]]],
    ['undefined in an array', [undefined]],
    ['a builder value', odd.where({ id: 'a' })],
  ])('refuses %s', (_, value) => {
    expect(() => sql`select ${value as SqlInput}`).toThrowError(
      expect.objectContaining({ code: 'query/invalid', message: expect.stringContaining('SQLite cannot hold') }),
    )
  })
})
