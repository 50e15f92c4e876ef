import type { StoreError } from '../base/errors.ts'
import type { Commit, EventId } from '../protocol/event-record.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { ReplicaDriver } from '../sqlite/driver.ts'
import { type Applied, appliedOf } from './applied.ts'
import { eventCount } from './commit-id.ts'
import type { CommitWrites } from './commit-writes.ts'
import type { Footprint } from './footprint.ts'
import { Materialize } from './materialize.ts'
import { anyRow, type ChangeBatch, type RowChanges } from './row-changes.ts'
import type { Position, Undo } from './undo.ts'

export interface StandingOptions {
  readonly driver: ReplicaDriver
  readonly schema: AnySchema
  readonly undo: Undo
  /** `seq` of the confirmed position that the database can be undone to. */
  readonly base: number
  /** Commits confirmed after base. */
  readonly confirmed?: readonly Commit[]
  /** Commits applied on top of base, as the undo strategy holds them; the first reconcile brings them in line. */
  readonly applied?: readonly { readonly commit: Commit; readonly error: StoreError | null }[]
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
  readonly undo: Undo
  readonly materialize: Materialize
  /** Hears the net row changes of each append and reconcile, after the state is whole. */
  onChange: ((batch: ChangeBatch) => void) | null = null
  /** `seq` of the confirmed position that undoing everything leads to. */
  base: number
  /** `seq` of the last confirmed event in the state. */
  head: number
  /** Confirmed since base. */
  readonly confirmed: Commit[]
  /**
   * Applied since base, in the order in which it was done. Between calls as if in the wanted one: it differs from `confirmed ++ pending ++ unacked`
   * at most by confirmed commits that came after pending ones they commute with.
   */
  readonly applied: Applied[]
  /** The local commits applied since base, in order. */
  readonly appliedLocals: AppliedLocal[] = []
  /** Of all that is pending and applied; null when it is not known. */
  pendingFootprint: Footprint | null = null

  constructor({ driver, schema, undo, base, confirmed = [], applied = [], changes }: StandingOptions) {
    this.driver = driver
    this.schema = schema
    this.undo = undo
    this.materialize = new Materialize(driver, schema, changes)
    this.base = base
    this.applied = applied.map(({ commit, error }) => appliedOf(commit, error))
    this.confirmed = [...confirmed]
    this.head = base + eventCount(this.confirmed)
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
