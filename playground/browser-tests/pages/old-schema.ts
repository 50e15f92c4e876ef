import { defineEvents, defineSchema, event, table, text } from '@livefold/core'
import * as v from 'valibot'

export const notes = table('notes', { id: text().primaryKey(), body: text() })

export const events = defineEvents({
  noteAdded: event('v1.NoteAdded', v.object({ id: v.string(), body: v.string() })),
})

/** An app as it was released first. */
export const schema = defineSchema({
  version: 1,
  tables: { notes },
  events,
  materializers: { noteAdded: ({ id, body }) => notes.insertOrIgnore({ id, body }) },
})
