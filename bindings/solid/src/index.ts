import { createStoreContext } from './store-context.ts'

export {
  createStoreContext,
  type HookOptions,
  type StoreHooks,
  type StoreProviderProps,
} from './store-context.ts'
export const { StoreProvider, useStore, useOpening, useQuery, useQueryStore, useStatus } =
  /* @__PURE__ */ createStoreContext()
