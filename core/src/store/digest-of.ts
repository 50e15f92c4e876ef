import { digest } from '../replica/digest.ts'
import type { Store } from './store.ts'

/**
 * 16 hex digits over the synced tables (`local`: over all tables): equal states have equal digests. Reads everything; for tests and
 * diagnosis, and a function beside the store, so that only those load it.
 *
 * @throws StoreError `store/closed`
 * @example
 * assert.equal(digestOf(ann), digestOf(ben))
 */
export function digestOf(store: Store, options: { readonly local?: boolean } = {}): string {
  const { tables, syncedTables } = store.schema
  return digest(store.driver, options.local ? [...tables.values()] : syncedTables)
}
