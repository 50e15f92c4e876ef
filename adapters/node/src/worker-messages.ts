import type { MessagePort } from 'node:worker_threads'
import type { StoreErrorData } from '@livefold/core/adapter'
import type { Durability } from './open-leader.ts'
import type { StoreLocation } from './store-location.ts'

/** Adapter → leader thread. */
export type ToLeaderThread =
  | { readonly type: 'open'; readonly location: StoreLocation; readonly durability: Durability }
  | { readonly type: 'connect'; readonly port: MessagePort }
  | { readonly type: 'close' }

/** Leader thread → adapter. */
export type FromLeaderThread =
  /** `runLeaderWorker` was called. */
  | { readonly type: 'listening' }
  | { readonly type: 'closed' }
  | { readonly type: 'failed'; readonly error: StoreErrorData }
