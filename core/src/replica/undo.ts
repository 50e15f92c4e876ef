import type { StoreError } from '../base/errors.ts'
import type { EventId } from '../protocol/event-record.ts'

/** How far something is applied since `base`: synced commits, and local ones beside them. */
export interface Position {
  readonly commits: number
  readonly locals: number
}

export const BASE: Position = { commits: 0, locals: 0 }

/** A pending commit (by its first event) as it was applied. */
export interface AppliedCommit {
  readonly id: EventId
  /** Why it has no effect; null when it has. */
  readonly error: StoreError | null
}

/** Takes applied commits back. Positions count from base. */
export interface Undo {
  /** True where base moves only when all is undone or confirmed: what is applied since then grows meanwhile. */
  readonly grows: boolean
  /** Goes back to the highest position it can reach at or below `wanted`, and says which. */
  undoTo(wanted: Position): Position
  /** What is applied now will never be undone: it becomes the new base. */
  moveBase(): void
  /** The first `confirmed` commits need no undo any more; says how many of them base has moved past. */
  trim(confirmed: number): number
  /** The next commits applied are pending. */
  pendingFrom(): void
  /** The next commits applied are not acked yet, and the likeliest to be undone. */
  unackedFrom(position: Position): void
  /** Ends what `pendingFrom` began; `applied` names the commits applied since. */
  pendingTo(applied: readonly AppliedCommit[]): void
}
