import type { Commit, EventId } from '../protocol/event-record.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { ReplicaDriver } from '../sqlite/driver.ts'
import type { Applied } from './applied.ts'
import type { CommitWrites } from './commit-writes.ts'
import type { Footprint } from './footprint.ts'
import { Materialize } from './materialize.ts'
import { anyRow, type ChangeBatch, type RowChanges } from './row-changes.ts'
import type { Savepoints } from './savepoints.ts'
import type { Position } from './undo.ts'

export interface StandingOptions {
  readonly driver: ReplicaDriver
  readonly schema: AnySchema
  /** `seq` of the confirmed position that the database can be undone to. */
  readonly base: number
  /** Where a session takes commits back by them. */
  readonly savepoints?: Savepoints
  /** Gathers row changes for live queries; without it nobody hears. */
  readonly changes?: RowChanges
}

export interface AppliedLocal {
  readonly id: EventId
  /** What it wrote; null when it failed. */
  readonly writes: CommitWrites | null
}

/** What stands in a replica's database on top of base: `Replica` adds to it, `Rebase` brings it to another order. */
export class Standing {
  readonly driver: ReplicaDriver
  readonly schema: AnySchema
  readonly savepoints: Savepoints | null
  readonly materialize: Materialize
  /** Hears the net row changes of each append and reconcile, after the state is whole. */
  onChange: ((batch: ChangeBatch) => void) | null = null
  /** `seq` of the confirmed position that undoing everything leads to. */
  base: number
  /** `seq` of the last confirmed event in the state. */
  head: number
  /** Confirmed since base. */
  readonly confirmed: Commit[] = []
  /**
   * Applied since base, in the order in which it was done. Between calls as if in the wanted one: it differs from `confirmed ++ pending ++ unacked`
   * at most by confirmed commits that came after pending ones they commute with.
   */
  readonly applied: Applied[] = []
  /** The local commits applied since base, in order. */
  readonly appliedLocals: AppliedLocal[] = []
  /** Of all that is pending and applied; null when it is not known. */
  pendingFootprint: Footprint | null = null

  constructor({ driver, schema, base, savepoints, changes }: StandingOptions) {
    this.driver = driver
    this.schema = schema
    this.savepoints = savepoints ?? null
    this.materialize = new Materialize(driver, schema, changes)
    this.base = base
    this.head = base
  }

  get position(): Position {
    return { commits: this.applied.length, locals: this.appliedLocals.length }
  }

  /** Ends the batch of changes, and tells of it. */
  tell(): void {
    const { changes } = this.materialize
    const batch = changes?.take()
    if (!batch) return
    if (batch === anyRow)
      this.materialize.changes = changes?.next(this.applied.length + this.appliedLocals.length === 0) ?? null
    this.onChange?.(batch)
  }
}
