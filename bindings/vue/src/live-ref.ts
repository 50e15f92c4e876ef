import { StoreError } from '@livefold/core'
import {
  customRef,
  getCurrentInstance,
  getCurrentScope,
  hasInjectionContext,
  inject,
  onMounted,
  onScopeDispose,
  type ShallowRef,
  ssrContextKey,
} from 'vue'

/** A ref that follows the store; `.value` is the value right now, shared and not to be changed. */
export type LiveRef<T> = Readonly<ShallowRef<T>>

/** Something of core that can be read and listened to. */
interface Source<T> {
  readonly current: T
  subscribe(listener: () => void): () => void
}

/**
 * Listens for as long as the effect scope lives; gives a maker of refs on the source.
 *
 * @param look points the source at what is wanted now; the reactive values that it reads become dependencies of the reader
 */
export function liveRefs<T>(source: Source<T>, look: () => void): () => LiveRef<T> {
  const triggers: (() => void)[] = []
  untilDispose(() =>
    source.subscribe(() => {
      for (const trigger of triggers) trigger()
    }),
  )
  return () =>
    customRef<T>((track, trigger) => {
      triggers.push(trigger)
      return {
        get() {
          track()
          look()
          return source.current
        },
        set() {},
      }
    }) as LiveRef<T>
}

/** Calls `run` when the view that is set up stands; at once outside of components. */
export function whenShown(run: () => void): void {
  if (getCurrentInstance()) onMounted(run)
  else run()
}

/** On a server nothing is disposed of: there a value is read once, and nobody listens. */
function untilDispose(start: () => () => void): void {
  if (hasInjectionContext() && inject(ssrContextKey, null)) return
  if (!getCurrentScope()) {
    throw new StoreError(
      'query/invalid',
      'A query or status was used where it would never end: call it in the setup of a component, or inside effectScope().run(…).',
    )
  }
  onScopeDispose(start())
}
