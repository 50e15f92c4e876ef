import { createStoreContext, type StoreHooks } from './store-context.ts'

export type { Live } from './live.ts'
export { createStoreContext, type HookOptions, type Opening, type StoreHooks } from './store-context.ts'

const hooks: StoreHooks = /* @__PURE__ */ createStoreContext()

/** Provides a store to the components below. See `StoreHooks`. */
export const provideStore: StoreHooks['provideStore'] = hooks.provideStore

/** The provided store. See `StoreHooks`. */
export const useStore: StoreHooks['useStore'] = hooks.useStore

/** How far the provided store is. See `StoreHooks`. */
export const useOpening: StoreHooks['useOpening'] = hooks.useOpening

/** A live query. See `StoreHooks`. */
export const useQuery: StoreHooks['useQuery'] = hooks.useQuery

/** A part of the store's status. See `StoreHooks`. */
export const useStatus: StoreHooks['useStatus'] = hooks.useStatus
