import { createStoreContext } from '@livefold/svelte'

export const { provideStore: provideOther, useQuery: useOther } = createStoreContext()
