import { createSubscriber } from 'svelte/reactivity'
import { type Readable, toStore } from 'svelte/store'

/** A value that follows the store: read `.current` where Svelte tracks, or use it as a store (`$value`). */
export interface Live<T> extends Readable<T> {
  /** Reactive in templates, effects and deriveds; elsewhere the value right now. */
  readonly current: T
}

/** Something of core that can be read and listened to. */
interface Source<T> {
  readonly current: T
  subscribe(listener: () => void): () => void
}

/**
 * @param look points the source at what is wanted now; the reactive values that it reads become dependencies of the reader
 * @param shown called when the view that reads stands
 */
export function live<T>(source: Source<T>, look: () => void, shown: () => void = () => {}): Live<T> {
  const track = createSubscriber((update) => {
    // The first effect that reads may be one of a page that is being hydrated.
    void Promise.resolve().then(shown)
    return source.subscribe(update)
  })
  function read(): T {
    look()
    track()
    return source.current
  }
  return {
    get current() {
      return read()
    },
    subscribe: (run, invalidate) => toStore(read).subscribe(run, invalidate),
  }
}
