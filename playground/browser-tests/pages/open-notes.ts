import { type AnySchema, createStore, deleteStore, digestOf } from '@livefold/core'
import { webAdapter } from '@livefold/web'
import { signal } from '@preact/signals-core'

export interface NotesApp {
  readonly schema: AnySchema
  readonly events: object
  readonly notes: object
  /** Read as soon as the store is open. */
  readonly first?: object
  readonly worker: () => Worker
  readonly auth?: () => Promise<string>
}

/** Opens the store that the address names, and hands it to the test. */
export async function openNotes({ schema, events, notes, first, worker, auth }: NotesApp): Promise<void> {
  const leads = signal(false)
  const search = new URLSearchParams(location.search)
  const storeId = search.get('store') ?? 'notes'
  const adapter = webAdapter({
    worker,
    storage: search.get('storage') === 'memory' ? 'memory' : 'opfs',
    durability: search.get('durability') === 'full' ? 'full' : 'normal',
    onLeading: (leading) => {
      leads.value = leading
    },
  })
  const store = await createStore({ schema, storeId, adapter, ...(auth && { auth }) })
  const remove = () => deleteStore({ storeId, adapter })
  const digest = async () => digestOf(store)
  if (first) store.query(first)
  Object.assign(globalThis, {
    livefold: { store, remove, events, notes, todos: notes, leads, digest, performance: performance.now() },
  })
  document.body.classList.add('ready')
}
