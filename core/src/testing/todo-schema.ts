import { boolean, integer, json, text } from '../schema/column.ts'
import { event, localEvent } from '../schema/event.ts'
import type { AnyMaterializer } from '../schema/materializer.ts'
import { type AnySchema, defineEvents, defineSchema } from '../schema/schema.ts'
import type { StandardSchema } from '../schema/standard-schema.ts'
import { localTable, table } from '../schema/table.ts'

/** A Standard Schema that takes everything: what is under test comes after validation. */
function shape<T>(): StandardSchema & {
  readonly '~standard': { readonly types?: { readonly input: T; readonly output: T } }
} {
  return { '~standard': { version: 1, vendor: 'livefold-test', validate: (value: unknown) => ({ value }) } } as never
}

export const todos = table(
  'todos',
  { id: text().primaryKey(), title: text(), done: boolean().default(false), rank: integer().nullable() },
  { indexes: [['done', 'rank']] },
)
/** A key of two columns, changed by events. */
export const places = table('places', { x: text(), y: integer(), note: json<string[]>() }, { primaryKey: ['x', 'y'] })
/** SQLite's row id is its key. */
export const counters = table('counters', { id: integer().primaryKey(), value: integer() })
/** Two users can change names with each other: no order of single rows gets there without a clash. */
export const handles = table('handles', { owner: text().primaryKey(), handle: text().unique() })
export const drafts = localTable('drafts', { key: text().primaryKey(), value: integer() })

export const todoEvents = defineEvents({
  todoPut: event('v1.TodoPut', shape<{ id: string; title: string; rank: number | null }>()),
  todoDone: event('v1.TodoDone', shape<{ id: string; done: boolean }>()),
  doneCleared: event('v1.DoneCleared', shape<object>()),
  placeTaken: event('v1.PlaceTaken', shape<{ x: string; y: number; note: string[] }>()),
  placeMoved: event('v1.PlaceMoved', shape<{ from: string; to: string }>()),
  counted: event('v1.Counted', shape<{ id: number; by: number }>()),
  countedUnlessOdd: event('v1.CountedUnlessOdd', shape<{ id: number }>()),
  handleSet: event('v1.HandleSet', shape<{ owner: string; handle: string }>()),
  handlesSwapped: event('v1.HandlesSwapped', shape<{ a: string; b: string }>()),
  draftPut: localEvent('v1.DraftPut', shape<{ key: string; value: number }>()),
  draftCounted: localEvent('v1.DraftCounted', shape<{ key: string; by: number }>()),
  draftTaken: localEvent('v1.DraftTaken', shape<{ key: string }>()),
})

/** Writes of every kind; several throw, depending on what the state is. */
export const todoSchema = defineSchema({
  version: 1,
  tables: { todos, places, counters, handles, drafts },
  events: todoEvents,
  materializers: {
    todoPut: ({ id, title, rank }) => todos.upsert({ id, title, rank }),
    todoDone: ({ id, done }) => todos.update({ done }).where({ id }),
    doneCleared: () => todos.delete().where({ done: true }),
    placeTaken: ({ x, y, note }) => places.insert({ x, y, note }),
    placeMoved: ({ from, to }) => places.update({ x: to }).where({ x: from }),
    counted: ({ id, by }, ctx) => {
      const row = ctx.query(counters.where({ id }).first())
      return counters.upsert({ id, value: ((row?.value ?? 0) * 3 + by) % 1_000_003 })
    },
    countedUnlessOdd: ({ id }, ctx) => {
      const value = ctx.query(counters.where({ id }).first())?.value ?? 0
      if (value % 2 === 1) throw new Error(`counter ${id} is odd`)
      return [counters.upsert({ id, value: value + 1 }), todos.update({ rank: value }).where({ done: false })]
    },
    handleSet: ({ owner, handle }) => handles.upsert({ owner, handle }),
    handlesSwapped: ({ a, b }, ctx) => {
      const [first, second] = [a, b].map((owner) => ctx.query(handles.where({ owner }).first()))
      if (!first || !second || a === b) return []
      return [
        handles.update({ handle: `${first.handle} on its way` }).where({ owner: a }),
        handles.update({ handle: first.handle }).where({ owner: b }),
        handles.update({ handle: second.handle }).where({ owner: a }),
      ]
    },
    draftPut: ({ key, value }) => drafts.upsert({ key, value }),
    draftCounted: ({ key, by }, ctx) => {
      const row = ctx.query(drafts.where({ key }).first())
      return drafts.upsert({ key, value: ((row?.value ?? 0) * 3 + by) % 1_000_003 })
    },
    draftTaken: ({ key }) => drafts.insert({ key, value: -1 }),
  },
})

/** The schema with other materializers for some events, by wire name. */
export function withMaterializers(
  schema: AnySchema,
  change: (materializer: AnyMaterializer, name: string) => AnyMaterializer,
): AnySchema {
  const materializers = new Map([...schema.materializers].map(([name, one]) => [name, change(one, name)]))
  return { ...schema, materializers }
}
