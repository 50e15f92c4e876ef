import { events, notes, schema } from './new-schema.ts'
import { openNotes } from './open-notes.ts'

await openNotes({
  schema,
  events,
  notes,
  worker: () => new Worker(new URL('./new.worker.ts', import.meta.url), { type: 'module' }),
})
