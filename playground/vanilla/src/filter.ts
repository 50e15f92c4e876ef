import { type Filter, filterOf } from '@livefold/playground-todo'
import { type ReadonlySignal, signal } from '@preact/signals-core'

/** Which todos are shown: named by the hash of the address, `#/`, `#/active` or `#/completed`. */
export function hashFilter(): ReadonlySignal<Filter> {
  const filter = signal(filterOf(location.hash))
  window.addEventListener('hashchange', () => {
    filter.value = filterOf(location.hash)
  })
  return filter
}
