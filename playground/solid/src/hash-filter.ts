import { type Filter, filterOf } from '@livefold/playground-todo'
import { type Accessor, createSignal, onCleanup, onMount } from 'solid-js'

/** The filter that the address names. A server knows no hash: it comes after the first render. */
export function createHashFilter(): Accessor<Filter> {
  const [filter, setFilter] = createSignal<Filter>('all')
  const read = () => setFilter(filterOf(location.hash))
  onMount(() => {
    read()
    window.addEventListener('hashchange', read)
    onCleanup(() => window.removeEventListener('hashchange', read))
  })
  return filter
}
