import { type ReadonlySignal, signal } from '@preact/signals-core'

export type Filter = 'all' | 'active' | 'completed'

function current(): Filter {
  const name = location.hash.replace(/^#\//, '')
  return name === 'active' || name === 'completed' ? name : 'all'
}

/** Which todos are shown: named by the hash of the address, `#/`, `#/active` or `#/completed`. */
export function hashFilter(): ReadonlySignal<Filter> {
  const filter = signal(current())
  window.addEventListener('hashchange', () => {
    filter.value = current()
  })
  return filter
}
