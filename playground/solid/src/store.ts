import type { schema } from '@livefold/playground-todo'
import { createStoreContext } from '@livefold/solid'

export const { StoreProvider, useStore, useQuery, useQueryStore } = createStoreContext<typeof schema>()
