import { eq } from 'drizzle-orm'
import { integer as drizzleInteger, text as drizzleText, QueryBuilder, sqliteTable } from 'drizzle-orm/sqlite-core'
import { drizzle } from 'drizzle-orm/sqlite-proxy'
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { boolean, text } from '../schema/column.ts'
import { table } from '../schema/table.ts'
import { queryDb } from './definition.ts'
import { planOf } from './plan.ts'
import type { ResultOf } from './query.ts'
import { TestDatabase } from './testing/database.ts'

const todos = table('todos', { id: text().primaryKey(), title: text(), done: boolean() })
const database = new TestDatabase(todos)
database.write([todos.insert({ id: 'a', title: 'x', done: true }), todos.insert({ id: 'b', title: 'y', done: false })])

describe('Kysely', () => {
  const kysely = new Kysely<{ todos: { id: string; title: string; done: number } }>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })

  test('a query runs, with its own row type and values as stored', () => {
    const query = kysely.selectFrom('todos').select(['id', 'done']).where('title', '=', 'x')
    expectTypeOf<ResultOf<typeof query>>().toEqualTypeOf<{ id: string; done: number }[]>()
    expect(database.query(query)).toEqual([{ id: 'a', done: 1 }])
    expect(planOf(query)).toMatchObject({
      binds: ['x'],
      shape: null,
      identity: null,
      template: { pins: [] },
      result: 'rows',
    })
    expect(database.query(queryDb(query, { label: 'k' }))).toEqual([{ id: 'a', done: 1 }])
    expect(database.query(query.compile())).toEqual([{ id: 'a', done: 1 }])
  })

  test('is planned once; equal queries have one key', () => {
    const make = (title: string) => kysely.selectFrom('todos').selectAll().where('title', '=', title)
    const query = make('x')
    expect(planOf(query)).toBe(planOf(query))
    expect(planOf(make('x')).key).toBe(planOf(query).key)
    expect(planOf(make('y')).key).not.toBe(planOf(query).key)
  })

  test('booleans and Dates are converted, anything else is refused by name', () => {
    const where = (value: unknown) =>
      kysely
        .selectFrom('todos')
        .selectAll()
        .where('done', '=', value as number)
    expect(planOf(where(true)).binds).toEqual([1])
    expect(planOf(where(new Date(5))).binds).toEqual([5])
    for (const value of [undefined, { a: 1 }, Number.NaN]) {
      expect(() => planOf(where(value))).toThrowError(
        expect.objectContaining({ code: 'query/invalid', message: expect.stringContaining('parameter 1 of "select') }),
      )
    }
  })
})

describe('Drizzle', () => {
  const drizzleTodos = sqliteTable('todos', {
    id: drizzleText().primaryKey(),
    title: drizzleText().notNull(),
    done: drizzleInteger({ mode: 'boolean' }).notNull(),
  })

  test('a query runs, by a query builder or a database', () => {
    const query = new QueryBuilder()
      .select({ id: drizzleTodos.id })
      .from(drizzleTodos)
      .where(eq(drizzleTodos.done, true))
    expectTypeOf<ResultOf<typeof query>>().toEqualTypeOf<{ id: string }[]>()
    expect(database.query(query)).toEqual([{ id: 'a' }])
    const db = drizzle(async () => ({ rows: [] }))
    expect(database.query(db.select().from(drizzleTodos).where(eq(drizzleTodos.title, 'y')))).toEqual([
      { id: 'b', title: 'y', done: 0 },
    ])
  })

  test('its builders change in place, and are planned each time', () => {
    const query = new QueryBuilder().select({ id: drizzleTodos.id }).from(drizzleTodos).$dynamic()
    const fixed = queryDb(query)
    expect(database.query(query)).toHaveLength(2)
    query.where(eq(drizzleTodos.title, 'y'))
    expect(database.query(query)).toEqual([{ id: 'b' }])
    expect(database.query(fixed)).toHaveLength(2)
  })
})

test('what only looks like one is refused', () => {
  for (const value of [
    { compile: () => 'sql' },
    { toSQL: () => ({ sql: 'select 1' }) },
    { compile: () => undefined },
  ]) {
    expect(() => planOf(value)).toThrowError(expect.objectContaining({ code: 'query/invalid' }))
  }
})
