import { createStoreContext, type StoreHooks } from './store-context.ts'

export type { LiveRef } from './live-ref.ts'
export {
  createStoreContext,
  type HookOptions,
  type ProvideOptions,
  type QueryRef,
  type StoreHooks,
} from './store-context.ts'

const hooks: StoreHooks = /* @__PURE__ */ createStoreContext()

/** A plugin that provides a store to the whole app. See `StoreHooks`. */
export const livefold: StoreHooks['livefold'] = hooks.livefold

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
