import {
  computed,
  createStore,
  defineEvents,
  defineSchema,
  event,
  localTable,
  StoreError,
  table,
  text,
} from '@livefold/core'
import { memoryAdapter } from '@livefold/memory'
import { z } from 'zod'
import { events, schema, todos, ui } from './schema.ts'

// What wrong uses are told: at once, and once the store has stood for a moment. Prints both as JSON, and what is told of wrong definitions.

const errors: StoreError[] = []
const definitions: StoreError[] = []
const caught = (wrong: () => unknown, list = errors) => {
  try {
    wrong()
  } catch (error) {
    if (error instanceof StoreError) list.push(error)
  }
}
const said = () => errors.map(({ code, message, details, retry }) => ({ code, message, details, retry }))

caught(() => table('sqlite_notes', { id: text().primaryKey() }), definitions)
caught(() => localTable('notes', { id: text() }), definitions)
caught(() => event('', z.object({})), definitions)
caught(() => defineEvents({ a: events.uiSet, b: events.uiSet }), definitions)
caught(() => defineSchema({ version: 0, tables: {}, events: defineEvents({}), materializers: {} }), definitions)
caught(() => todos.where({ nope: 1 } as never))
caught(() => todos.where('done', 'in', 5 as never))
caught(() => todos.limit(-1))
const early = said()

let calls = 0
const impure = defineSchema({
  version: 1,
  tables: { ui },
  events: defineEvents({ uiSet: events.uiSet }),
  materializers: { uiSet: ({ key }) => ui.upsert({ key, value: calls++ }) },
})
const counting = await createStore({ schema: impure, storeId: 'counting', adapter: memoryAdapter() })
caught(() => counting.commit(events.uiSet({ key: 'a', value: 1 })), definitions)
await counting.close()

const store = await createStore({ schema, storeId: 'messages', adapter: memoryAdapter() })
const turning = computed((get): number => get(turning as never))
caught(() => store.query(turning))
caught(() => store.query('select 1' as never))
caught(() => store.commit(events.todoCreated({ id: 5 } as never)))
caught(() => store.commit(events.todoCreated({ id: 'a', title: 'b' }), events.uiSet({ key: 'c', value: 1 })))
await store.close()
caught(() => store.query(todos))
// The texts are a file of their own: a few turns of the event loop.
const standIn = () => errors.some(({ message }) => message.includes('⟦'))
for (let turn = 0; turn < 1000 && standIn(); turn++) await new Promise((resolve) => setTimeout(resolve, 5))
const crossed = errors.map((error) => StoreError.from(JSON.parse(JSON.stringify(error))).message)
console.log(JSON.stringify({ early, late: said(), crossed, definitions: definitions.map(({ code }) => code) }))
