import type { StoreErrorData } from '../base/errors.ts'
import type { ConfirmedEvent, EventId, EventRecord } from './event-record.ts'

/** A commit that a session asks about: the id of its first event, and its `printOf`, since two sessions may draw equal ids. */
export interface Asked {
  readonly id: EventId
  readonly print: number
}

/** What became of a commit that a session asks about. */
export type Outcome =
  | { readonly id: EventId; readonly state: 'pending' | 'confirmed' | 'unknown' }
  | { readonly id: EventId; readonly state: 'rejected'; readonly error: StoreErrorData }

/** A commit taken out of pending: its event ids and why. */
export interface RejectedCommit {
  readonly ids: readonly EventId[]
  readonly error: StoreErrorData
}

/** A confirmed commit without effect: its materializer throws. Kept in the log, tried again at a rebuild. */
export interface QuarantinedCommit {
  readonly seq: number
  readonly ids: readonly EventId[]
  readonly error: StoreErrorData
}

/** How a session, or the leader after it, is kept waiting: code, what for, since when (ms, wall clock). */
export interface Wait {
  readonly code: 'leader' | 'backend' | 'push' | 'token' | 'rebuild' | 'storage'
  readonly detail: string
  readonly since: number
}

export type Phase = 'starting' | 'rebuilding' | 'ready' | 'closed'
export type Connection = 'none' | 'offline' | 'connecting' | 'online' | 'stopped'

/** The leader's share of `store.status`; pending and heads a session counts itself. */
export interface LeaderStatus {
  readonly phase: Phase
  readonly connection: Connection
  /** Last `seq` the backend has told of; equals `upstreamHead` without a sync. */
  readonly backendHead: number
  readonly storage: 'persisted' | 'memory'
  readonly waits: readonly Wait[]
  readonly error: StoreErrorData | null
  readonly quarantined: readonly QuarantinedCommit[]
  /** Share of a rebuild that is done, 0 … 1; null when none runs. */
  readonly rebuild: number | null
}

/** Session → leader. */
export type SessionMessage =
  | {
      readonly type: 'hello'
      readonly sessionId: string
      /** Database and position that the session's replica was built on; null at boot. */
      readonly dbId: string | null
      readonly head: number
      /** Position in this client's log of local events. */
      readonly localHead: number
      readonly schemaHash: string
      readonly version: number
      /** Events made under `sessionId` so far: the log knows of more only if another session bears this id, too. */
      readonly made: number
      readonly unconfirmed: readonly Asked[]
    }
  | {
      readonly type: 'commit'
      readonly local: boolean
      readonly events: readonly EventRecord[]
      /** An earlier leader was sent them: it may have pushed them, also where its file is lost since. */
      readonly again?: boolean
    }
  | { readonly type: 'read'; readonly ref: number; readonly after: number; readonly limit: number }
  | { readonly type: 'seen'; readonly n: number }
  /** `error`: the app's `auth` failed. */
  /** `renewed`: the app gives it unasked, and what it gave before counts no more. */
  | { readonly type: 'token'; readonly token: string | null; readonly renewed?: true; readonly error?: StoreErrorData }
  | { readonly type: 'bye' }

/** An event as a session is told of it: whole, or only its id where it holds the event already. */
export type Told<E extends EventRecord> = E | EventId

/** Leader → session. */
export type LeaderMessage =
  | { readonly type: 'announce'; readonly dbId: string; readonly head: number }
  | {
      readonly type: 'snapshot'
      readonly dbId: string
      readonly clientId: string
      /** SQLite image of the state tables at `base`. */
      readonly bytes: Uint8Array
      readonly base: number
      readonly confirmed: readonly ConfirmedEvent[]
      readonly pending: readonly EventRecord[]
      /** Head of the local log that `bytes` include. */
      readonly localHead: number
      readonly outcomes: readonly Outcome[]
    }
  | {
      readonly type: 'log'
      readonly dbId: string
      readonly clientId: string
      /** `seq` before the first of `events`: the session's head, or 0 for one that folds from the beginning. */
      readonly after: number
      readonly events: readonly ConfirmedEvent[]
      readonly local: readonly EventRecord[]
      readonly localHead: number
      /** The last page alone carries `pending` and `outcomes`. */
      readonly more: boolean
      readonly pending: readonly EventRecord[]
      readonly outcomes: readonly Outcome[]
    }
  | {
      readonly type: 'advance'
      /** 1, 2, 3 … per session since its snapshot or log; a gap means: hello again. */
      readonly n: number
      /** `seq` before the first of `confirmed`. */
      readonly after: number
      readonly confirmed: readonly Told<ConfirmedEvent>[]
      /** A session's own events come as ids. */
      readonly pendingAdded: readonly Told<EventRecord>[]
      readonly rejected: readonly RejectedCommit[]
      /** Commits that this session has sent, for it alone: others have other events under the same ids, or heard of it before. */
      readonly refused?: readonly RejectedCommit[]
      readonly local: readonly Told<EventRecord>[]
      readonly localHead: number
      readonly quarantined: readonly QuarantinedCommit[]
    }
  | {
      readonly type: 'events'
      readonly ref: number
      readonly events: readonly ConfirmedEvent[]
      readonly more: boolean
    }
  | { readonly type: 'token-needed'; readonly reason: TokenReason }
  /** Another session bears this id: the hello is not answered. Greet again under another one. */
  | { readonly type: 'taken'; readonly sessionId: string }
  | { readonly type: 'status'; readonly status: LeaderStatus }
  | { readonly type: 'failed'; readonly error: StoreErrorData }

/** Why `auth` is asked for a token. */
export type TokenReason = 'connect' | 'refused'

/** Every message travels with the epoch of the leader it comes from or is meant for. */
export interface Frame<Message> {
  readonly epoch: number
  readonly message: Message
}
