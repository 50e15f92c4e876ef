import { inspectionsOf, type QueryInspection } from '../query/inspection.ts'
import type { Store } from './store.ts'

/**
 * The live queries: label, SQL, whether they are maintained, runs and patches; in development the last duration too. A function beside
 * the store, so that only inspectors load it.
 *
 * @throws StoreError `store/closed`
 * @example
 * console.table(inspect(store))
 */
export function inspect(store: Store): QueryInspection[] {
  return inspectionsOf(store.openQueries)
}
