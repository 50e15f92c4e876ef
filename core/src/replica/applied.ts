import { StoreError } from '../base/errors.ts'
import type { Commit } from '../protocol/event-record.ts'
import { idOf } from './commit-id.ts'
import type { CommitWrites } from './commit-writes.ts'
import type { AppliedCommit } from './undo.ts'

/** A synced commit as a replica has applied it since base. */
export interface Applied extends AppliedCommit {
  readonly commit: Commit
  /** What it wrote; null when it failed, or was applied by an earlier replica. */
  readonly writes: CommitWrites | null
  /** Applied on top of pending commits that it comes before and commutes with. */
  readonly late: boolean
  /** Confirmed without effect, and reported. */
  quarantined: boolean
}

/** `outcome`: what it wrote, or why it has no effect; null when neither is known. */
export function appliedOf(commit: Commit, outcome: CommitWrites | StoreError | null, late = false): Applied {
  const failed = outcome instanceof StoreError
  const writes = failed ? null : outcome
  return { id: idOf(commit), commit, error: failed ? outcome : null, writes, late, quarantined: false }
}
