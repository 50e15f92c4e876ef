import type { StoreError } from '../base/errors.ts'
import type { Commit, ConfirmedEvent, EventId } from '../protocol/event-record.ts'

/** What a reconcile brings about: `all confirmed ++ pending ++ unacked`, and the local commits beside. */
export interface Target {
  /** Newly confirmed commits; the first continues the replica's head. */
  readonly confirmed: readonly Commit<ConfirmedEvent>[]
  /** All pending commits that the leader has acked, in its order. */
  readonly pending: readonly Commit[]
  /** This session's own commits that the leader has not acked. */
  readonly unacked: readonly Commit[]
  /** Local commits newly acked by the leader, in its order. */
  readonly local: readonly Commit[]
  /** This session's own local commits that the leader has not acked. */
  readonly unackedLocal: readonly Commit[]
  /** Ids (of first events) under which another commit than these may be applied: two sessions drew one id. That one is taken back. */
  readonly replaced?: ReadonlySet<EventId>
}

/** The pending part of a target: its lists as they were given, and both in one. */
export interface PendingPart extends Pick<Target, 'pending' | 'unacked'> {
  readonly all: readonly Commit[]
}

/** A commit that threw, and has no effect now. */
export interface FailedCommit {
  readonly commit: Commit
  readonly error: StoreError
  /** A confirmed commit that throws is quarantined; a pending one is the leader's to judge. */
  readonly confirmed: boolean
}

export interface Reconciled {
  /** Commits taken back, local ones not among them; also those whose updates were run again after others of the same rows. */
  readonly undone: readonly Commit[]
  /** Commits run, in their order. */
  readonly replayed: readonly Commit[]
  /** Those of them that were confirmed, and run on top of pending ones that they commute with instead of an undo. */
  readonly skipped: readonly Commit[]
  /** Of those that ran, in no order; a confirmed commit is told of again when it was undone and runs again. */
  readonly failures: readonly FailedCommit[]
}
