import { createStoreContext } from '@livefold/solid'

export const { StoreProvider: OtherProvider, useQuery: useOther } = createStoreContext()
