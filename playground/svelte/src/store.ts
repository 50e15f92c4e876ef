import type { schema } from '@livefold/playground-todo'
import { createStoreContext } from '@livefold/svelte'

export const { provideStore, useStore, useQuery } = createStoreContext<typeof schema>()
