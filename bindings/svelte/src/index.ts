import { createStoreContext } from './store-context.ts'

export type { Live } from './live.ts'
export { createStoreContext, type HookOptions, type Opening, type StoreHooks } from './store-context.ts'
export const { provideStore, useStore, useOpening, useQuery, useStatus } = /* @__PURE__ */ createStoreContext()
