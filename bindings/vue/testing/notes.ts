import { createStore, defineEvents, defineSchema, event, real, table, text } from '@livefold/core'
import { memoryAdapter } from '@livefold/memory'
import { z } from 'zod'

export const notes = table('notes', { id: text().primaryKey(), body: text(), rank: real() })

export const events = defineEvents({
  put: event('v1.Put', z.object({ id: z.string(), body: z.string(), rank: z.number() })),
  gone: event('v1.Gone', z.object({ id: z.string() })),
})

export const schema = defineSchema({
  version: 1,
  tables: { notes },
  events,
  materializers: {
    put: (note) => notes.upsert(note),
    gone: ({ id }) => notes.delete().where({ id }),
  },
})

/** A store in memory, without notes. */
export function openNotes() {
  return createStore({ schema, storeId: 'notes', adapter: memoryAdapter() })
}
