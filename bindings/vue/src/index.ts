import { createStoreContext } from './store-context.ts'

export type { LiveRef } from './live-ref.ts'
export {
  createStoreContext,
  type HookOptions,
  type ProvideOptions,
  type QueryRef,
  type StoreHooks,
} from './store-context.ts'
export const { livefold, provideStore, useStore, useOpening, useQuery, useStatus } =
  /* @__PURE__ */ createStoreContext()
