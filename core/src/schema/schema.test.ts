import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { boolean, type ColumnBuilder, integer, json, text, timestamp } from './column.ts'
import { event, localEvent } from './event.ts'
import { type AnySchema, defineEvents, defineSchema } from './schema.ts'
import { localTable, table } from './table.ts'

const todos = table('todos', { id: text().primaryKey(), title: text() })
const ui = localTable('ui', { key: text().primaryKey(), value: json() })
const made = event('v1.Made', z.object({ id: z.string(), title: z.string() }))
const uiSet = localEvent('v1.UiSet', z.object({ key: z.string(), value: z.unknown() }))
const nothing = () => []

function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}

describe('defineSchema', () => {
  test('finds tables by SQL name, events and materializers by wire name', () => {
    const schema: AnySchema = defineSchema({
      version: 1,
      tables: { ui, todos },
      events: defineEvents({ made, uiSet }),
      materializers: {
        made: ({ id, title }) => todos.insert({ id, title }),
        uiSet: ({ key, value }) => ui.upsert({ key, value }),
      },
    })
    expect([...schema.tables.keys()]).toEqual(['ui', 'todos'])
    expect(schema.syncedTables).toEqual([todos])
    expect(schema.localTables).toEqual([ui])
    expect([...schema.events.keys()]).toEqual(['v1.Made', 'v1.UiSet'])
    expect([...schema.materializers.keys()]).toEqual(['v1.Made', 'v1.UiSet'])
    expect(schema.hash).toMatch(/^[0-9a-f]{16}$/)
  })

  const define = (change: object) => () =>
    defineSchema({
      version: 1,
      tables: { todos },
      events: { made },
      materializers: { made: nothing },
      ...change,
    } as never)

  test.each<[string, string, () => unknown]>([
    ['version 0', 'version must be', define({ version: 0 })],
    ['version 1.5', 'version must be', define({ version: 1.5 })],
    ['no version', 'version must be', define({ version: undefined })],
    [
      'two tables of one name',
      '"TODOS"',
      define({ tables: { todos, again: table('TODOS', { id: text().primaryKey() }) } }),
    ],
    ['what is no table', 'tables.x', define({ tables: { x: {} } })],
    ['a missing materializer', 'v1.Made has no materializer', define({ materializers: {} })],
    ['an inherited materializer', 'v1.Made has no', define({ events: { toString: made }, materializers: {} })],
    ['a surplus materializer', 'materializers.other', define({ materializers: { made: nothing, other: nothing } })],
    [
      'two events of one name',
      '"v1.Made"',
      define({ events: { made, other: made }, materializers: { made: nothing, other: nothing } }),
    ],
    ['what is no event', 'events.made', define({ events: { made: () => 0 } })],
    ['two events of one name in defineEvents', '"v1.Made"', () => defineEvents({ made, other: made })],
  ])('refuses %s', (_, message, run) => {
    expect(thrownBy(run)).toMatchObject({ code: 'schema/invalid', message: expect.stringContaining(message) })
  })
})

describe('the schema hash', () => {
  const hashOf = (columns: Record<string, ColumnBuilder<unknown, boolean>>, options = {}, version = 1) =>
    defineSchema({ version, tables: { t: table('t', columns as never, options) }, events: {}, materializers: {} }).hash
  const columns = { id: text().primaryKey(), a: integer(), b: text().nullable(), c: json<unknown>().default([]) }
  const base = hashOf(columns)

  test('does not depend on the order of tables and events', () => {
    const other = event('v1.Other', z.object({}))
    const materializers = { made: nothing, other: nothing }
    const one = defineSchema({ version: 1, tables: { todos, ui }, events: { made, other }, materializers })
    const two = defineSchema({ version: 1, tables: { ui, todos }, events: { other, made }, materializers })
    expect(one.hash).toBe(two.hash)
  })

  test('is the same in every release: a change here rebuilds the state of every client', () => {
    expect(base).toBe('e6821f767981529c')
  })

  test.each<[string, string]>([
    ['a column more', hashOf({ ...columns, d: text() })],
    ['a column less', hashOf({ id: columns.id, a: columns.a, b: columns.b })],
    ['another order of columns', hashOf({ a: columns.a, id: columns.id, b: columns.b, c: columns.c })],
    ['another name', hashOf({ id: columns.id, A: columns.a, b: columns.b, c: columns.c })],
    ['another type of the same storage', hashOf({ ...columns, a: timestamp() })],
    ['another type', hashOf({ ...columns, a: boolean() })],
    ['nullable', hashOf({ ...columns, a: integer().nullable() })],
    ['a default', hashOf({ ...columns, a: integer().default(0) })],
    ['a null default', hashOf({ ...columns, b: text().nullable().default(null) })],
    ['another default', hashOf({ ...columns, c: json<unknown>().default({}) })],
    ['another key', hashOf({ ...columns, id: text(), a: integer().primaryKey() })],
    ['an index', hashOf(columns, { indexes: [['a']] })],
    ['a unique index', hashOf(columns, { unique: [['a']] })],
    ['a unique column', hashOf({ ...columns, b: text().nullable().unique() })],
    ['another version', hashOf(columns, {}, 2)],
    [
      'a local table',
      defineSchema({ version: 1, tables: { t: localTable('t', columns) }, events: {}, materializers: {} }).hash,
    ],
    [
      'an event',
      defineSchema({
        version: 1,
        tables: { t: table('t', columns) },
        events: { made },
        materializers: { made: nothing },
      }).hash,
    ],
  ])('changes with %s', (_, hash) => {
    expect(hash).not.toBe(base)
  })

  test('changes with an event’s name and locality', () => {
    const hash = (one: ReturnType<typeof event>) =>
      defineSchema({ version: 1, tables: {}, events: { one }, materializers: { one: nothing } as never }).hash
    const hashes = [
      hash(event('v1.A', z.object({})) as never),
      hash(event('v1.B', z.object({})) as never),
      hash(localEvent('v1.A', z.object({})) as never),
    ]
    expect(new Set(hashes).size).toBe(3)
  })
})
