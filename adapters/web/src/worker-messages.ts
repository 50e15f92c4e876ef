import type { StoreErrorData } from '@livefold/core/adapter'

/** `full`: acked also survives power loss, at the price of a disk sync per transaction. */
export type Durability = 'normal' | 'full'

/** `memory`: nothing is persisted on this client. */
export type StorageChoice = 'opfs' | 'memory'

/** Page → its worker. */
export type ToWorker =
  | {
      readonly type: 'start'
      readonly storeId: string
      readonly storage: StorageChoice
      readonly durability: Durability
      readonly clientId: string
      readonly development: boolean
    }
  /** SQLite as the page compiled it; null: the worker loads its own. */
  | { readonly type: 'module'; readonly module: WebAssembly.Module | null }
  | { readonly type: 'close' }

/** Worker → its page. */
export type FromWorker =
  /** Its code runs. */
  | { readonly type: 'alive' }
  /** It leads. */
  | { readonly type: 'leading' }
  /** It led, and does so no more: a fresh worker may be a candidate again. */
  | { readonly type: 'over'; readonly error: StoreErrorData | null }
  | { readonly type: 'closed' }

/** On the lobby channel of a store. */
export type LobbyMessage =
  /** A session is there, or back: the leader is to announce itself on its channel. */
  | { readonly type: 'here'; readonly line: string }
  /** The network may have changed, or somebody looks: the leader is to see whether its line to the backend lives. */
  | { readonly type: 'probe' }
  /** A worker stands for election. */
  | { readonly type: 'candidate'; readonly version: number }
