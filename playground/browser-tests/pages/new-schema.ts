import { boolean, defineEvents, defineSchema, event, table, text } from '@livefold/core'
import * as v from 'valibot'

export const notes = table('notes', { id: text().primaryKey(), body: text(), starred: boolean().default(false) })

export const events = defineEvents({
  noteAdded: event('v1.NoteAdded', v.object({ id: v.string(), body: v.string() })),
  noteStarred: event('v2.NoteStarred', v.object({ id: v.string() })),
})

/** The same app, one release on: a column and an event more. */
export const schema = defineSchema({
  version: 2,
  tables: { notes },
  events,
  materializers: {
    noteAdded: ({ id, body }) => notes.insertOrIgnore({ id, body }),
    noteStarred: ({ id }) => notes.update({ starred: true }).where({ id }),
  },
})
