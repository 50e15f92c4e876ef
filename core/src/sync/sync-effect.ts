import type { StoreError } from '../base/errors.ts'
import type { Commit, ConfirmedEvent, EventId } from '../protocol/event-record.ts'
import type { TokenReason } from '../protocol/leader-messages.ts'
import type { UpMessage } from '../protocol/sync-messages.ts'

/** What the sync state wants done. Effects are carried out in order. */
export type SyncEffect =
  | { readonly type: 'send'; readonly message: UpMessage }
  /** Events confirmed upstream, continuing what was received before: make durable, rebase, then say `applied`. */
  | { readonly type: 'receive'; readonly events: readonly ConfirmedEvent[] }
  /** Our own pending events got the places `from`, `from + 1` …: make durable, then say `applied`. */
  | { readonly type: 'confirm'; readonly ids: readonly EventId[]; readonly from: number }
  /** The server refuses the commit of this event for good: take it out of pending, then say `applied`. */
  | { readonly type: 'reject'; readonly eventId: EventId; readonly error: StoreError }
  /** This log is from now on a copy of that backend's. */
  | { readonly type: 'adopt'; readonly backendId: string }
  /** Ask for another token before the next connection. */
  | { readonly type: 'token'; readonly reason: TokenReason }
  /** Goes on, but the app should know. */
  | { readonly type: 'report'; readonly error: StoreError }
  /** Close the line; connect again after a back-off, or never (`stop`). */
  | { readonly type: 'close'; readonly error: StoreError; readonly stop: boolean }

/** What the sync state may look at in the leader's log. */
export interface SyncView {
  /** Pending commits in the leader's order, durable and rebased. */
  readonly pending: readonly Commit[]
  isPending(commitId: EventId): boolean
  idAt(seq: number): EventId | null
  /** Confirmed events after `after`, rounded up to a commit's end. */
  read(after: number, limit: number): ConfirmedEvent[]
}
