import { createStoreContext } from '@livefold/vue'

export const { provideStore: provideOther, useQuery: useOther } = createStoreContext()
