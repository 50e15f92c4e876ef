import type { Commit } from '../protocol/event-record.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { Access, ReplicaDriver } from '../sqlite/driver.ts'
import { queryAccess } from './access.ts'
import { appliedOf } from './applied.ts'
import { idOf } from './commit-id.ts'
import type { CommitWrites } from './commit-writes.ts'
import { type ChangeBatch, nobodyWatches, type Watch } from './row-changes.ts'
import { Standing, type StandingOptions } from './standing.ts'

/**
 * A SQLite database that holds state, and the code that applies commits to it.
 *
 * After every call the tables equal a replay of `confirmed ++ pending ++ unacked` of the target that a `Rebase` was given last, and of the
 * appends since, with the local commits beside (rule STATE-1).
 */
export class Replica {
  readonly driver: ReplicaDriver
  readonly schema: AnySchema
  readonly queryAccess: Access = queryAccess
  /** For its `Rebase` alone. */
  readonly standing: Standing

  constructor(options: StandingOptions) {
    this.driver = options.driver
    this.schema = options.schema
    this.standing = new Standing(options)
  }

  /** `seq` of the confirmed position that undoing everything leads to. */
  get base(): number {
    return this.standing.base
  }

  /** `seq` of the last confirmed event in the state. */
  get head(): number {
    return this.standing.head
  }

  /** A materializer is running. */
  get evaluating(): boolean {
    return this.standing.materialize.evaluating
  }

  /** Which columns the live queries look at. */
  get watch(): Watch {
    return this.standing.materialize.changes?.watch ?? nobodyWatches
  }

  set watch(watch: Watch) {
    const { changes } = this.standing.materialize
    if (changes) changes.watch = watch
  }

  /** Hears the net row changes of each append and reconcile, after the state is whole. */
  set onChange(hear: ((batch: ChangeBatch) => void) | null) {
    this.standing.onChange = hear
  }

  /**
   * Applies a new commit of this session on top of everything.
   *
   * @throws StoreError when it fails; nothing of it is applied then.
   */
  append(commit: Commit, options: { local: boolean; firstUnacked: boolean; twice: boolean }): void {
    const { standing } = this
    const { materialize } = standing
    if (options.firstUnacked) standing.savepoints?.unackedFrom(standing.position)
    const { local } = options
    let writes: CommitWrites
    try {
      writes = materialize.commit(commit, local, null, options.twice)
    } catch (thrown) {
      materialize.changes?.take()
      throw thrown
    }
    if (local) standing.appliedLocals.push({ id: idOf(commit), writes })
    else {
      standing.applied.push(appliedOf(commit, writes))
      standing.pendingFootprint = null
    }
    standing.tell()
  }

  close(): void {
    this.standing.materialize.changes?.close()
  }
}
