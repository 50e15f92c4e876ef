import type { Store } from '@livefold/core'
import type { ReadonlySignal } from '@preact/signals-core'
// biome-ignore lint/style/noRestrictedImports: the types of the page under test
import type { events, todos } from '../vanilla/src/schema.ts'

/** What the vanilla page shows to the console. */
export interface Livefold {
  readonly store: Store
  readonly events: typeof events
  readonly todos: typeof todos
  readonly leads: ReadonlySignal<boolean>
}
