import { events, schema, todos } from '@livefold/playground-todo'
import { openNotes } from './open-notes.ts'

// The vanilla app without its screen.
await openNotes({
  schema,
  events,
  notes: todos,
  first: todos.orderBy('createdAt', 'asc').limit(100),
  worker: () => new Worker(new URL('./bare.worker.ts', import.meta.url), { type: 'module' }),
})
