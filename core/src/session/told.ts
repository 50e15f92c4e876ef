import type { Commit } from '../protocol/event-record.ts'

/** How far the leader has told a session of what there is. */
export interface Told {
  /** Last confirmed `seq`. */
  readonly head: number
  /** Position in the client's log of local events. */
  readonly localHead: number
  /** The leader's pending commits, and how many events they are. */
  readonly pending: readonly Commit[]
  readonly pendingEvents: number
}

export const NOTHING_TOLD: Told = { head: 0, localHead: 0, pending: [], pendingEvents: 0 }
