import { z } from 'zod'
import { integer, json, text } from '../../schema/column.ts'
import { event, localEvent } from '../../schema/event.ts'
import { defineEvents, defineSchema } from '../../schema/schema.ts'
import { localTable, table } from '../../schema/table.ts'

export const notes = table('notes', { id: text().primaryKey(), text: text(), rank: integer().nullable() })
export const ui = localTable('ui', { key: text().primaryKey(), value: json<unknown>() })

export const events = defineEvents({
  noteAdded: event('v1.NoteAdded', z.object({ id: z.string().min(1), text: z.string() })),
  noteRanked: event('v1.NoteRanked', z.object({ id: z.string(), rank: z.number().int().nullable() })),
  noteGone: event('v1.NoteGone', z.object({ id: z.string() })),
  uiSet: localEvent('v1.UiSet', z.object({ key: z.string(), value: z.unknown() })),
})

/** `onNote` runs inside the materializer of `noteAdded`: it may throw, or reach out. Hash and version stay as they are. */
export function notesSchema(options: { version?: number; onNote?: (text: string) => void } = {}) {
  const { version = 1, onNote = () => {} } = options
  return defineSchema({
    version,
    tables: { notes, ui },
    events,
    materializers: {
      noteAdded: ({ id, text }) => {
        onNote(text)
        return notes.insert({ id, text })
      },
      noteRanked: ({ id, rank }) => notes.update({ rank }).where({ id }),
      noteGone: ({ id }) => notes.delete().where({ id }),
      uiSet: ({ key, value }) => ui.upsert({ key, value }),
    },
  })
}
