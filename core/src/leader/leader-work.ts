import type { StoreError, StoreErrorData } from '../base/errors.ts'
import type { ConfirmedEvent, EventId, EventRecord } from '../protocol/event-record.ts'
import type { QuarantinedCommit, RejectedCommit } from '../protocol/leader-messages.ts'

/** Something that a leader is to make durable. The inbox is drained into one transaction (group commit). */
export type LeaderWork =
  /** From a session; ids make it idempotent. */
  | {
      readonly type: 'commit'
      readonly local: boolean
      readonly events: readonly EventRecord[]
      readonly again?: boolean | undefined
      /** The session that sent it, as the hub tells it from others; missing for leftovers of none. */
      readonly from?: object | undefined
    }
  /** From upstream: as in `SyncEffect`. */
  | { readonly type: 'receive'; readonly events: readonly ConfirmedEvent[] }
  | { readonly type: 'confirm'; readonly ids: readonly EventId[]; readonly from: number }
  | { readonly type: 'reject'; readonly eventId: EventId; readonly error: StoreError }
  | { readonly type: 'adopt'; readonly backendId: string }

/** Says what the backend's log holds; the backend can say it again. */
export function isConfirmation({ type }: LeaderWork): boolean {
  return type === 'receive' || type === 'confirm'
}

/** What one transaction changed, for sessions to hear. */
export interface LeaderNews {
  /** `seq` before the first of `confirmed`. */
  readonly after: number
  readonly confirmed: ConfirmedEvent[]
  /** Ids of those `confirmed` that were pending before: sessions hold them. */
  readonly wasPending: Set<EventId>
  readonly pendingAdded: EventRecord[]
  readonly rejected: RejectedCommit[]
  /** For their senders alone: another commit has their ids, which others may hold; or they were rejected before. */
  readonly refused: { readonly from: object | undefined; readonly commit: RejectedCommit }[]
  /** Who sent an event that this transaction took: it holds the event. */
  readonly senders: Map<EventId, object>
  readonly local: EventRecord[]
  readonly quarantined: QuarantinedCommit[]
}

export function noNews(after: number): LeaderNews {
  return {
    after,
    confirmed: [],
    wasPending: new Set(),
    pendingAdded: [],
    rejected: [],
    refused: [],
    senders: new Map(),
    local: [],
    quarantined: [],
  }
}

export function rejectionOf(events: readonly EventRecord[], error: StoreErrorData): RejectedCommit {
  return { ids: events.map((event) => event.id), error }
}
