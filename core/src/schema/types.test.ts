import { type } from 'arktype'
import * as v from 'valibot'
import { expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import {
  bigint,
  boolean,
  computed,
  defineEvents,
  defineSchema,
  event,
  groupBy,
  type InsertOf,
  innerJoin,
  integer,
  json,
  leftJoin,
  localEvent,
  localTable,
  type Query,
  queryDb,
  type ResultOf,
  type RowOf,
  sql,
  table,
  text,
  timestamp,
} from '../index.ts'

const todos = table('todos', {
  id: text().primaryKey(),
  title: text(),
  done: boolean().default(false),
  createdAt: timestamp(),
  listId: text().nullable(),
  tags: json<string[]>().default([]),
})
const lists = table('lists', { id: text().primaryKey(), name: text(), size: bigint() })
const ui = localTable('ui', { key: text().primaryKey(), value: json<unknown>() })
const todoCreated = event('v1.TodoCreated', z.object({ id: z.string(), title: z.string().default('') }))
const uiSet = localEvent('v1.UiSet', z.object({ key: z.string(), value: z.unknown() }))
const events = defineEvents({ todoCreated, uiSet })

interface Todo {
  readonly id: string
  readonly title: string
  readonly done: boolean
  readonly createdAt: Date
  readonly listId: string | null
  readonly tags: string[]
}

// Checked by `tsc`; what must not compile is not run.
test('types of rows', () => {
  expectTypeOf<RowOf<typeof todos>>().toEqualTypeOf<Todo>()
  expectTypeOf<InsertOf<typeof todos>>().toEqualTypeOf<{
    readonly id: string
    readonly title: string
    readonly createdAt: Date
    readonly done?: boolean | undefined
    readonly listId?: string | null | undefined
    readonly tags?: string[] | undefined
  }>()
})

test('types of results', () => {
  const open = todos.where({ done: false }).orderBy('createdAt', 'desc').limit(100)
  const labelled = queryDb(open, { label: 'open' })
  expectTypeOf<ResultOf<typeof todos>>().toEqualTypeOf<readonly Todo[]>()
  expectTypeOf<ResultOf<typeof labelled>>().toEqualTypeOf<readonly Todo[]>()
  const first = todos.where({ id: 'a' }).first()
  expectTypeOf<ResultOf<typeof first>>().toEqualTypeOf<Todo | undefined>()
  const picked = todos.select('id', 'listId')
  expectTypeOf<ResultOf<typeof picked>>().toEqualTypeOf<
    readonly { readonly id: string; readonly listId: string | null }[]
  >()
  const renamed = todos.select({ key: 'id', at: 'createdAt' }).first()
  expectTypeOf<ResultOf<typeof renamed>>().toEqualTypeOf<{ readonly key: string; readonly at: Date } | undefined>()
  const count = todos.count()
  expectTypeOf<ResultOf<typeof count>>().toEqualTypeOf<number>()
  const sum = lists.sum('size')
  expectTypeOf<ResultOf<typeof sum>>().toEqualTypeOf<bigint>()
  const latest = todos.max('createdAt')
  expectTypeOf<ResultOf<typeof latest>>().toEqualTypeOf<Date | null>()
  const perList = groupBy(todos, 'listId').aggregate((of) => ({ n: of.count(), latest: of.max('createdAt') }))
  expectTypeOf<ResultOf<typeof perList>>().toEqualTypeOf<
    readonly { readonly listId: string | null; readonly n: number; readonly latest: Date | null }[]
  >()
  const raw = sql`select 1 as one`.as<{ one: number }>()
  expectTypeOf<ResultOf<typeof raw>>().toEqualTypeOf<readonly { one: number }[]>()
  const title = computed((get) => `${get(count)} of ${get(labelled).length}`)
  expectTypeOf<ResultOf<typeof title>>().toEqualTypeOf<string>()
  expectTypeOf<ResultOf<{ a: 1 }>>().toEqualTypeOf<unknown>()
})

test('a function of any query takes each kind of it', () => {
  const resultOf = <T>(_: Query<T>): T | null => null
  expectTypeOf(resultOf(todos.where({ id: 'a' }).first())).toEqualTypeOf<Todo | undefined | null>()
  expectTypeOf(resultOf(todos.count())).toEqualTypeOf<number | null>()
  expectTypeOf(resultOf(sql`select 1 as one`.as<{ one: number }>())).toEqualTypeOf<readonly { one: number }[] | null>()
  expectTypeOf(resultOf(computed(() => 'a'))).toEqualTypeOf<string | null>()
})

test('types of joins', () => {
  const inner = innerJoin(todos, lists, { listId: 'id' }).select({ title: 'todos.title', list: 'lists.name' })
  expectTypeOf<ResultOf<typeof inner>>().toEqualTypeOf<readonly { readonly title: string; readonly list: string }[]>()
  const left = leftJoin(todos, lists, { listId: 'id' }).select('todos.id', 'lists.size')
  expectTypeOf<ResultOf<typeof left>>().toEqualTypeOf<
    readonly { readonly 'todos.id': string; readonly 'lists.size': bigint | null }[]
  >()
  const whole = leftJoin(lists, lists.as('other'), { name: 'name' }).first()
  expectTypeOf<ResultOf<typeof whole>>().toEqualTypeOf<
    | {
        readonly 'lists.id': string
        readonly 'lists.name': string
        readonly 'lists.size': bigint
        readonly 'other.id': string | null
        readonly 'other.name': string | null
        readonly 'other.size': bigint | null
      }
    | undefined
  >()
})

test('wrong columns, values and rows do not compile', () => {
  const refused = () => [
    // @ts-expect-error no such column
    todos.where({ nope: 1 }),
    // @ts-expect-error a string column
    todos.where({ id: 1 }),
    // @ts-expect-error not a nullable column
    todos.where({ title: null }),
    // @ts-expect-error an operator's value is of the column's type
    todos.where('createdAt', '<', 1),
    // @ts-expect-error a list for `in`
    todos.where('id', 'in', 'a'),
    // @ts-expect-error no such operator
    todos.where('id', 'similar to', 'a'),
    // @ts-expect-error no such column, within a callback
    todos.where((is) => is.or({ nope: 1 }, is('id', '=', 'a'))),
    // @ts-expect-error no such column
    todos.select('nope'),
    // @ts-expect-error no such column
    todos.orderBy('nope'),
    // @ts-expect-error a sum of text
    todos.sum('title'),
    // @ts-expect-error text never equals a bigint
    innerJoin(todos, lists, { listId: 'size' }),
    // @ts-expect-error after a join, names have their table
    innerJoin(todos, lists, { listId: 'id' }).where({ title: 'x' }),
    // @ts-expect-error a required column
    todos.insert({ id: 'a', title: 'b' }),
    // @ts-expect-error a wrong value
    todos.insert({ id: 'a', title: 'b', createdAt: 5 }),
    // @ts-expect-error a surplus column
    todos.upsert({ id: 'a', title: 'b', createdAt: new Date(), nope: 1 }),
    // @ts-expect-error a wrong value
    todos.update({ done: 1 }),
    // @ts-expect-error a wrong column
    todos.delete().where({ nope: 1 }),
    // @ts-expect-error an index on no column
    table('t', { id: text().primaryKey() }, { indexes: [['nope']] }),
    // @ts-expect-error a default of another type
    integer().default('1'),
    // @ts-expect-error undefined cannot be bound
    sql`select ${undefined}`,
  ]
  expectTypeOf(refused).toBeFunction()
})

test('events: payloads are the schema’s input, materializers get its output', () => {
  expectTypeOf(todoCreated).parameter(0).toEqualTypeOf<{ id: string; title?: string | undefined }>()
  const cleared = event('v1.Cleared', v.object({ all: v.optional(v.boolean()) }))
  const renamed = event('v1.Renamed', type({ id: 'string', title: 'string' }))
  expectTypeOf(renamed).parameter(0).toEqualTypeOf<{ id: string; title: string }>()
  const refused = () => [
    cleared(),
    // @ts-expect-error a required payload
    todoCreated(),
    // @ts-expect-error a wrong member
    todoCreated({ id: 1 }),
    // @ts-expect-error a missing member
    renamed({ id: 'a' }),
    // @ts-expect-error valibot says when a schema is async
    event('v1.A', v.objectAsync({ id: v.string() })),
    // @ts-expect-error not a Standard Schema
    event('v1.A', { parse: () => 1 }),
  ]
  expectTypeOf(refused).toBeFunction()
})

test('materializers are total, and each side writes its own tables', () => {
  const made = () => todos.insert({ id: 'a', title: 'b', createdAt: new Date(0) })
  const both = { version: 1, tables: { todos, ui }, events } as const
  const refused = () => [
    defineSchema({
      ...both,
      materializers: {
        todoCreated({ id, title }, ctx) {
          expectTypeOf(title).toEqualTypeOf<string>()
          const row = ctx.query(todos.where({ id }).first())
          expectTypeOf(row).toEqualTypeOf<Todo | undefined>()
          return row ? [made(), sql`delete from lists`, todos.delete()] : []
        },
        uiSet: ({ key, value }) => ui.upsert({ key, value }),
      },
    }),
    // @ts-expect-error uiSet has none
    defineSchema({ ...both, materializers: { todoCreated: made } }),
    // @ts-expect-error no event of that name
    defineSchema({ ...both, materializers: { todoCreated: made, uiSet: () => [], other: () => [] } }),
    // @ts-expect-error a synced event writes no local table
    defineSchema({ ...both, materializers: { todoCreated: () => ui.delete(), uiSet: () => [] } }),
    // @ts-expect-error a local event writes no synced table
    defineSchema({ ...both, materializers: { todoCreated: made, uiSet: () => [ui.delete(), made()] } }),
    // @ts-expect-error a materializer is synchronous
    defineSchema({ ...both, materializers: { todoCreated: async () => made(), uiSet: () => [] } }),
    // @ts-expect-error the write is not returned
    defineSchema({ ...both, materializers: { todoCreated: () => void made(), uiSet: () => [] } }),
    defineSchema({
      ...both,
      materializers: {
        // @ts-expect-error the same in a body
        todoCreated: () => {
          made()
        },
        uiSet: () => [],
      },
    }),
    // @ts-expect-error a query is not a write
    defineSchema({ ...both, materializers: { todoCreated: () => todos, uiSet: () => [] } }),
    defineSchema({
      ...both,
      materializers: {
        // @ts-expect-error args are the event's
        todoCreated: ({ nope }) => todos.update({ title: nope }),
        uiSet: () => [],
      },
    }),
    defineSchema({
      ...both,
      materializers: {
        // @ts-expect-error a synced event reads no local table
        todoCreated: (_, ctx) => (ctx.query(ui.count()) > 0 ? made() : []),
        // @ts-expect-error a local event reads no synced table
        uiSet: (_, ctx) => (ctx.query(queryDb(innerJoin(todos, ui, { id: 'key' }).count())) > 0 ? ui.delete() : []),
      },
    }),
  ]
  expectTypeOf(refused).toBeFunction()
})
