import { events, notes, schema } from './old-schema.ts'
import { openNotes } from './open-notes.ts'

// A store without a server.
await openNotes({
  schema,
  events,
  notes,
  worker: () => new Worker(new URL('./alone.worker.ts', import.meta.url), { type: 'module' }),
})
