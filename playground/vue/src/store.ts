import type { schema } from '@livefold/playground-todo'
import { createStoreContext } from '@livefold/vue'

export const { livefold, useOpening, useStore, useQuery } = createStoreContext<typeof schema>()
