import { createStore, defineEvents, defineSchema, event, type RowOf, type StoreOf, table, text } from '@livefold/core'
import { memoryAdapter } from '@livefold/memory'
import { expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { createStoreContext, type Live } from './index.ts'

const notes = table('notes', { id: text().primaryKey(), body: text() })
const events = defineEvents({ put: event('v1.Put', z.object({ id: z.string(), body: z.string() })) })
const schema = defineSchema({
  version: 1,
  tables: { notes },
  events,
  materializers: { put: (row) => notes.upsert(row) },
})
const other = defineSchema({ version: 2, tables: {}, events: defineEvents({}), materializers: {} })
type Note = RowOf<typeof notes>

// Checked by `tsc`, not run: hooks work in components alone.
const { provideStore, useStore, useOpening, useQuery, useStatus } = createStoreContext<typeof schema>()

test('results are those of the query, and undefined where there may be none', () => {
  const hooks = (id: string | null) => ({
    list: useQuery(notes),
    maybe: useQuery(() => id !== null && notes.where({ id }).first()),
    count: useQuery(() => notes.count()),
    phase: useStatus((status) => status.phase),
  })
  type Hooks = ReturnType<typeof hooks>
  expectTypeOf<Hooks['list']>().toEqualTypeOf<Live<readonly Note[]>>()
  expectTypeOf<Hooks['maybe']['current']>().toEqualTypeOf<Note | undefined>()
  expectTypeOf<Hooks['count']['current']>().toEqualTypeOf<number>()
  expectTypeOf<Hooks['phase']['current']>().toEqualTypeOf<'starting' | 'rebuilding' | 'ready' | 'closed'>()
})

test('the store knows its schema', () => {
  expectTypeOf<ReturnType<typeof useStore>>().toEqualTypeOf<StoreOf<typeof schema>>()
  expectTypeOf<ReturnType<typeof useOpening>['ready']>().toEqualTypeOf<
    StoreOf<typeof schema> | Promise<StoreOf<typeof schema>>
  >()
  const provided = () => provideStore(createStore({ schema, storeId: 's', adapter: memoryAdapter() }))
  expectTypeOf(provided).toBeFunction()
})

test('wrong payloads, columns, rows and stores do not compile', () => {
  const refused = () => [
    // @ts-expect-error a body is missing
    useStore().commit(events.put({ id: 'a' })),
    // @ts-expect-error no such column
    useQuery(() => notes.where({ nope: 1 })),
    // @ts-expect-error no such property of a row
    useQuery(notes).current[0]?.nope,
    // @ts-expect-error rows are read-only
    useQuery(notes).current.push(),
    // @ts-expect-error no such part of the status
    useStatus((status) => status.nope),
    // @ts-expect-error a store of another schema
    provideStore(createStore({ schema: other, storeId: 's', adapter: memoryAdapter() })),
    // @ts-expect-error no query
    useQuery('select 1'),
  ]
  expectTypeOf(refused).toBeFunction()
})
