import type { Clock, Random } from '../base/clock.ts'
import type { EventRecord } from '../protocol/event-record.ts'
import type { Wait } from '../protocol/leader-messages.ts'
import type { DispatchIndex } from '../query/dispatch-index.ts'
import type { MaintainedOf } from '../query/maintained.ts'
import type { netChanges } from '../query/net-changes.ts'
import type { QueryCache } from '../query/query-cache.ts'
import type { share } from '../query/structural-sharing.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { FollowingParts } from '../session/following.ts'
import type { SessionChannel } from '../session/leader-client.ts'
import type { ReplicaDriver } from '../sqlite/driver.ts'
import type { ReplicaParts } from '../sqlite/wasm-rows.ts'

export interface ConnectOptions {
  readonly storeId: string
  readonly schema: AnySchema
  /** A leader in this thread checks its stored state against a replay. */
  readonly development: boolean
}

/** A commit of this session that is not safe with the leader yet. */
export interface UnackedCommit {
  readonly local: boolean
  readonly events: readonly EventRecord[]
}

/** What a platform that can lose its page at any moment sees of the session. */
export interface SessionView {
  /**
   * Commits that the leader has not acked, in the order they were made. Sent as `commit`, by whomever, they are taken in once.
   *
   * @param options.unconfirmed also those that are acked and not confirmed: what a leader without a disk may lose.
   */
  unacked(options?: { readonly unconfirmed?: boolean }): readonly UnackedCommit[]
  /** Whether there are such, without looking at each: asked at every commit. */
  hasUnacked(options?: { readonly unconfirmed?: boolean }): boolean
  /** What the platform waits for, shown in `status.waits` until it says something else. */
  wait(waits: readonly Wait[]): void
}

/**
 * What a session does not need for its first queries and commits: it follows the leader with it, and what makes it fast is here, lists and
 * tallies that are maintained, rows that are read in batches, and changed rows that are told to the queries they matter to.
 * Entry `@livefold/core/session-parts`.
 */
export interface SessionParts extends FollowingParts, ReplicaParts {
  readonly DispatchIndex: typeof DispatchIndex
  readonly QueryCache: typeof QueryCache
  readonly maintainedOf: MaintainedOf
  readonly netChanges: typeof netChanges
  readonly share: typeof share
}

/** The parts, or how a platform whose users download its code gets them. Asked again after it was rejected. */
export type SessionPartsSource = SessionParts | (() => Promise<SessionParts>)

/** A session's share of its platform, from `connect` until `close`. */
export interface AdapterConnection {
  /** To whoever leads. Every leader announces itself on it, the first one too. */
  readonly channel: SessionChannel
  /** Opens an empty database in memory, with a row hook (`feed: 'hook'`). */
  openReplica(): ReplicaDriver
  /** Until they are loaded what the leader says waits, and queries are run again after each change. */
  readonly parts: SessionPartsSource
  readonly clock: Clock
  readonly random: Random
  /** Called once, before the first commit. */
  attach?(session: SessionView): void
  /** Something was committed, acked, confirmed or rejected: `unacked` may have another value. */
  changed?(): void
  /** Lets go of the leader where no other session needs it. Called once, after the session has said goodbye. */
  close(): Promise<void>
}

/** A platform: where the leader runs, where it persists, how sessions reach it. */
export interface Adapter {
  /** @throws StoreError `storage/*` when the platform cannot give what is needed. */
  connect(options: ConnectOptions): Promise<AdapterConnection>
  /** Removes all data of a store on this client. The store must not be open. @throws StoreError `storage/locked` when it is. */
  delete(storeId: string): Promise<void>
}
