import { openSource, QueryObserver } from '../query/observer.ts'
import type { Store } from './store.ts'

/**
 * A query as something that views can follow: current value, delta of a list, subscription. What bindings build on. A function beside
 * the store, so that only apps that follow queries in this way load what it takes.
 *
 * @throws StoreError `store/closed`
 * @example
 * const open = observe(store, todos.where({ done: false }))
 * const stop = open.subscribe(() => render(open.current, open.delta))
 */
export function observe<Q>(
  store: Store,
  query: Q,
  options?: { readonly together?: (run: () => void) => void },
): QueryObserver<Q> {
  return new QueryObserver(openSource(store.openQueries), query, options)
}
