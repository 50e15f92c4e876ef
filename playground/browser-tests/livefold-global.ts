import type { Store } from '@livefold/core'
import type { events, todos } from '@livefold/playground-todo'
import type { ReadonlySignal } from '@preact/signals-core'

/** What a page of the playground shows to the console. */
export interface Livefold {
  readonly store: Store
  readonly events: typeof events
  readonly todos: typeof todos
  readonly leads: ReadonlySignal<boolean>
  /** Of the synced tables. */
  readonly digest: () => Promise<string>
}
