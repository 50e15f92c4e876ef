import { createStore, digestOf, type StoreOf } from '@livefold/core'
import { createStoreContext } from '@livefold/solid'
import { webAdapter } from '@livefold/web'
import { events, issues, schema } from './schema.ts'

export type BoardStore = StoreOf<typeof schema>

export const { StoreProvider, useStore, useQuery, useStatus } = createStoreContext<typeof schema>()

/** Opens the board's store. The address may name another (`?store=`), or ask for one that is kept in memory (`?storage=memory`). */
export async function openBoard(): Promise<BoardStore> {
  const parameters = new URLSearchParams(location.search)
  const store = await createStore({
    schema,
    storeId: parameters.get('store') ?? 'board',
    adapter: webAdapter({
      worker: () => new Worker(new URL('./store.worker.ts', import.meta.url), { type: 'module' }),
      storage: parameters.get('storage') === 'memory' ? 'memory' : 'opfs',
    }),
    development: import.meta.env.DEV,
  })
  // For the console: `livefold.store.query(livefold.issues.count())`.
  Object.assign(globalThis, { livefold: { store, events, issues, digest: () => digestOf(store) } })
  return store
}
