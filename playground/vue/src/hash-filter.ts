import { type Filter, filterOf } from '@livefold/playground-todo'
import { onMounted, onUnmounted, type Ref, shallowRef } from 'vue'

/** The filter that the address names. A server knows no hash: it comes after the first render. */
export function useHashFilter(): Readonly<Ref<Filter>> {
  const filter = shallowRef<Filter>('all')
  const read = () => {
    filter.value = filterOf(location.hash)
  }
  onMounted(() => {
    read()
    window.addEventListener('hashchange', read)
  })
  onUnmounted(() => window.removeEventListener('hashchange', read))
  return filter
}
