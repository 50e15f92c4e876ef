import type { Dehydrated, StoreInput } from '@livefold/core'
import type { schema } from './schema.ts'

/** What a TodoMVC of any framework is given. */
export interface PaneOptions {
  readonly store: StoreInput<typeof schema>
  /** Put the cursor into the field for new todos. */
  readonly focus?: boolean | undefined
  /** What the server that rendered the pane found. */
  readonly hydrate?: Dehydrated | undefined
}

/** Shows a pane in an element, and gives the end of it. */
export type MountPane = (root: HTMLElement, options: PaneOptions) => () => void
