import { events, notes, schema } from './old-schema.ts'
import { openNotes } from './open-notes.ts'

await openNotes({
  schema,
  events,
  notes,
  worker: () => new Worker(new URL('./old.worker.ts', import.meta.url), { type: 'module' }),
})
