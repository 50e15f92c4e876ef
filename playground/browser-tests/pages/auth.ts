import { events, notes, schema } from './old-schema.ts'
import { openNotes } from './open-notes.ts'

const search = new URLSearchParams(location.search)

// A store whose server, named in the address, wants the token that is named there too; a tab without one is signed out.
await openNotes({
  schema,
  events,
  notes,
  worker: () =>
    new Worker(new URL('./auth.worker.ts', import.meta.url), { type: 'module', name: search.get('sync') ?? '' }),
  auth: async () => {
    const token = search.get('token')
    if (token === null) throw new Error('signed out in this tab')
    return token
  },
})
