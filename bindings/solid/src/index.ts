import { createStoreContext, type StoreHooks } from './store-context.ts'

export {
  createStoreContext,
  type HookOptions,
  type StoreHooks,
  type StoreProviderProps,
} from './store-context.ts'

const hooks: StoreHooks = /* @__PURE__ */ createStoreContext()

/** Provides a store to what is below. See `StoreHooks`. */
export const StoreProvider: StoreHooks['StoreProvider'] = hooks.StoreProvider

/** The provided store. See `StoreHooks`. */
export const useStore: StoreHooks['useStore'] = hooks.useStore

/** How far the provided store is. See `StoreHooks`. */
export const useOpening: StoreHooks['useOpening'] = hooks.useOpening

/** A live query. See `StoreHooks`. */
export const useQuery: StoreHooks['useQuery'] = hooks.useQuery

/** A live list as a Solid store. See `StoreHooks`. */
export const useQueryStore: StoreHooks['useQueryStore'] = hooks.useQueryStore

/** A part of the store's status. See `StoreHooks`. */
export const useStatus: StoreHooks['useStatus'] = hooks.useStatus
