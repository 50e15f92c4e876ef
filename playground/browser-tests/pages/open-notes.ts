import { type AnySchema, createStore } from '@livefold/core'
import { webAdapter } from '@livefold/web'
import { signal } from '@preact/signals-core'

export interface NotesApp {
  readonly schema: AnySchema
  readonly events: object
  readonly notes: object
  /** Read as soon as the store is open. */
  readonly first?: object
  readonly worker: () => Worker
}

/** Opens the store that the address names, and hands it to the test. */
export async function openNotes({ schema, events, notes, first, worker }: NotesApp): Promise<void> {
  const leads = signal(false)
  const store = await createStore({
    schema,
    storeId: new URLSearchParams(location.search).get('store') ?? 'notes',
    adapter: webAdapter({
      worker,
      onLeading: (leading) => {
        leads.value = leading
      },
    }),
  })
  if (first) store.query(first)
  Object.assign(globalThis, { livefold: { store, events, notes, todos: notes, leads, performance: performance.now() } })
  document.body.classList.add('ready')
}
