import type { Retry, StoreErrorCode } from '../base/errors.ts'
import type { ConfirmedEvent, EventId, EventRecord } from './event-record.ts'

/**
 * Raised with every change of the messages below (a test hashes them), but for fields that the other side may ignore, and that are
 * answered only where it has shown that it knows them: `kept`, and by it `again`.
 */
export const PROTOCOL_VERSION = 1

/** One commit larger than a frame travels in parts; `index` counts from 0. */
export interface Part {
  readonly index: number
  readonly last: boolean
}

/** What the server enforces and tells in `welcome`. Bytes are UTF-8 bytes of a frame's text. */
export interface Limits {
  readonly frameBytes: number
  readonly commitEvents: number
  readonly commitBytes: number
  readonly pageEvents: number
}

export const defaultLimits: Limits = {
  frameBytes: 1024 * 1024,
  commitEvents: 10_000,
  commitBytes: 8 * 1024 * 1024,
  pageEvents: 1_000,
}

/** Leader → backend. */
export type UpMessage =
  | {
      readonly type: 'hello'
      readonly protocol: number
      readonly storeId: string
      readonly clientId: string
      readonly token?: string
      readonly head: number
      readonly headId: EventId | null
      /** Missing until this store has had a backend. */
      readonly backendId?: string
    }
  | {
      /** Compare-and-set: appended iff the backend's head is `(after, afterId)`. */
      readonly type: 'push'
      readonly ref: number
      readonly after: number
      readonly afterId: EventId | null
      readonly events: readonly EventRecord[]
      /** Ref of the push that was last answered `behind` with `kept`: its events come before `events`, which may be empty then. */
      readonly again?: number
      readonly part?: Part
    }
  | {
      readonly type: 'pull'
      readonly ref: number
      readonly after: number
      readonly afterId: EventId | null
      readonly limit: number
      /** Keep sending pages under this `ref` as events are confirmed, until `stop`. */
      readonly live: boolean
    }
  | { readonly type: 'token'; readonly token: string }
  | { readonly type: 'stop'; readonly ref: number }
  /** `rtt`: the last round trip this leader measured, ms; the server sizes turns by it. */
  | { readonly type: 'ping'; readonly rtt: number }

/** Backend → leader. */
export type DownMessage =
  | {
      readonly type: 'welcome'
      readonly protocol: number
      readonly backendId: string
      readonly head: number
      readonly headId: EventId | null
      readonly limits: Limits
      /** Over HTTP: names the connection that the following requests belong to. */
      readonly connection?: string
    }
  | { readonly type: 'pushed'; readonly ref: number; readonly seqs: readonly number[] }
  | {
      /** The push did not start at the head: here is what came between. */
      readonly type: 'behind'
      readonly ref: number
      readonly head: number
      readonly events: readonly ConfirmedEvent[]
      readonly more: boolean
      /**
       * The server remembers the push's events until the next such answer, or until others of this connection are appended, so that
       * they need not be sent once more. Where it forgot them, `again` is answered by a `behind` without `kept`.
       */
      readonly kept?: true
      readonly part?: Part
    }
  | {
      readonly type: 'page'
      readonly ref: number
      readonly events: readonly ConfirmedEvent[]
      readonly head: number
      readonly more: boolean
      readonly part?: Part
    }
  | {
      readonly type: 'rejected'
      readonly ref: number
      readonly eventId: EventId
      readonly code: StoreErrorCode
      readonly message: string
    }
  | {
      readonly type: 'error'
      readonly ref?: number
      readonly code: StoreErrorCode
      readonly retry: Retry
      readonly message: string
    }
  | { readonly type: 'pong' }
