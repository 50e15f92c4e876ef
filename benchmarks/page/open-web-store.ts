import { createStore, type Store } from '@livefold/core'
import { webAdapter } from '@livefold/web'
import { schemaOf } from '../src/work/schema.ts'

/** A store on OPFS, with a leader worker, of any version of the schema. */
export function openWebStore(storeId: string, version = 1): Promise<Store> {
  const adapter = webAdapter({
    // Its name tells the worker the version.
    worker: () => new Worker(new URL('./store.worker.ts', import.meta.url), { type: 'module', name: String(version) }),
  })
  return createStore({ schema: schemaOf(version), storeId, adapter, development: false })
}
