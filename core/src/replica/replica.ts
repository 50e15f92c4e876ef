import type { StoreError } from '../base/errors.ts'
import type { Commit, ConfirmedEvent } from '../protocol/event-record.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { Access, SqliteDriver } from '../sqlite/driver.ts'
import { queryAccess } from './access.ts'
import { type ChangeBatch, type ChangeCollector, nobodyWatches, type Watch } from './change-collector.ts'
import { Materialize } from './materialize.ts'
import type { FailedCommit, Reconciled, Target } from './target.ts'
import { type AppliedCommit, BASE, type Position, type Undo } from './undo.ts'

export interface ReplicaOptions {
  readonly driver: SqliteDriver
  readonly schema: AnySchema
  readonly undo: Undo
  /** `seq` of the confirmed position that the database can be undone to. */
  readonly base: number
  /** Commits confirmed after base. */
  readonly confirmed?: readonly Commit[]
  /** Commits applied on top of base, as the undo strategy holds them; the first reconcile brings them in line. */
  readonly applied?: readonly { readonly commit: Commit; readonly error: StoreError | null }[]
  /** Gathers row changes for live queries; without it nobody hears. */
  readonly changes?: ChangeCollector
  /**
   * A pending commit threw. True: the caller has rejected it, and it counts no more.
   * False: it stays applied without effect.
   */
  readonly reject?: (commit: Commit, error: StoreError) => boolean
}

interface Applied extends AppliedCommit {
  readonly commit: Commit
  /** Confirmed without effect, and reported. */
  quarantined: boolean
}

/** How many confirmed commits `applied` may hold before base is moved by undoing everything. */
const LONG = 256

/**
 * A SQLite database that holds state, and the code that applies, undoes and reconciles commits.
 *
 * After every call the tables equal a replay of `confirmed ++ pending ++ unacked` of the last target and of the
 * appends since, with the local commits beside (rule STATE-1).
 */
export class Replica {
  readonly driver: SqliteDriver
  readonly schema: AnySchema
  readonly queryAccess: Access = queryAccess
  /** Hears the net row changes of each append and reconcile, after the state is whole. */
  onChange: ((batch: ChangeBatch) => void) | null = null
  readonly #undo: Undo
  readonly #materialize: Materialize
  readonly #changes: ChangeCollector | null
  readonly #reject: (commit: Commit, error: StoreError) => boolean
  #base: number
  #head: number
  /** Confirmed since base. */
  readonly #confirmed: Commit[]
  /** Applied since base, in order; a prefix of `confirmed ++ pending ++ unacked`. */
  readonly #applied: Applied[]
  /** Local commits since base that the leader has acked, in its order. */
  #ackedLocals: Commit[] = []
  /** Ids of the local commits applied since base, in order. */
  #appliedLocals: string[] = []

  constructor(options: ReplicaOptions) {
    const { applied = [], confirmed = [], changes = null } = options
    this.driver = options.driver
    this.schema = options.schema
    this.#undo = options.undo
    this.#changes = changes
    this.#reject = options.reject ?? (() => false)
    this.#materialize = new Materialize(options.driver, options.schema, () => changes?.distrust())
    this.#base = options.base
    this.#applied = applied.map(({ commit, error }) => ({ id: idOf(commit), commit, error, quarantined: false }))
    this.#confirmed = [...confirmed]
    this.#head = options.base + eventCount(this.#confirmed)
  }

  /** `seq` of the confirmed position that undoing everything leads to. */
  get base(): number {
    return this.#base
  }

  /** `seq` of the last confirmed event in the state. */
  get head(): number {
    return this.#head
  }

  /** A materializer is running. */
  get evaluating(): boolean {
    return this.#materialize.evaluating
  }

  /** Which columns the live queries look at. */
  get watch(): Watch {
    return this.#changes?.watch ?? nobodyWatches
  }

  set watch(watch: Watch) {
    if (this.#changes) this.#changes.watch = watch
  }

  /**
   * Applies a new commit of this session on top of everything.
   *
   * @throws StoreError when it fails; nothing of it is applied then.
   */
  append(commit: Commit, options: { local: boolean; firstUnacked: boolean; twice: boolean }): void {
    if (options.firstUnacked) this.#undo.unackedFrom(this.#position())
    try {
      this.#materialize.commit(commit, options.local, options.twice)
    } catch (thrown) {
      this.#changes?.take()
      throw thrown
    }
    if (options.local) this.#appliedLocals.push(idOf(commit))
    else this.#applied.push({ id: idOf(commit), commit, error: null, quarantined: false })
    this.#tell()
  }

  /** Applies a local commit for good (a leader's: nothing there undoes local tables). A commit that throws has no effect. */
  applyLocal(commit: Commit): void {
    this.#materialize.attempt(commit, true)
  }

  /**
   * Applies a commit that its leader, having no backend, confirms at once. Nothing may be pending.
   *
   * @returns why the commit is to be rejected; it has no effect then and gets no `seq`.
   */
  applyConfirmed(commit: Commit): StoreError | null {
    const error = this.#materialize.attempt(commit, false)
    if (error) return error
    this.#head += commit.length
    this.#base = this.#head
    this.#tell()
    return null
  }

  /**
   * The whole rebase algorithm: what is applied and agrees with the target stays; the rest is undone, and the target
   * applied from there. Each materializer runs at most once a call.
   *
   * @throws StoreError `storage/*` when the environment fails; the replica is then to be made anew.
   */
  reconcile(target: Target): Reconciled {
    for (const commit of target.confirmed) this.#confirmed.push(commit)
    this.#head += eventCount(target.confirmed)
    for (const commit of target.local) this.#ackedLocals.push(commit)
    const pending = [...target.pending, ...target.unacked]
    const locals = [...this.#ackedLocals, ...target.unackedLocal]
    const failures: FailedCommit[] = []

    const undone = this.#undoTo(this.#agreement(pending, locals))
    this.#quarantineApplied(failures)
    const replayed = [
      ...this.#applyNewlyConfirmed(failures),
      ...this.#settleBase(),
      ...this.#applyPending(pending, target.pending.length, failures),
      ...this.#applyLocals([...this.#ackedLocals, ...target.unackedLocal]),
    ]
    this.#tell()
    return { undone, replayed, failures }
  }

  close(): void {
    this.#changes?.close()
  }

  #position(): Position {
    return { commits: this.#applied.length, locals: this.#appliedLocals.length }
  }

  /** How far what is applied agrees with the wanted order. */
  #agreement(pending: readonly Commit[], locals: readonly Commit[]): Position {
    const confirmed = this.#confirmed
    const applied = this.#applied
    const moreConfirmed = confirmed.length >= LONG && confirmed.length >= 4 * (applied.length - confirmed.length)
    // Base cannot move past confirmed commits under pending ones without an undo. The growth since the last one pays for it.
    if (this.#undo.grows && moreConfirmed && applied.length > confirmed.length) return BASE
    let commits = 0
    while (commits < applied.length) {
      const wanted = commits < confirmed.length ? confirmed[commits] : pending[commits - confirmed.length]
      if (wanted === undefined || idOf(wanted) !== applied[commits]?.id) break
      commits++
    }
    let local = 0
    while (local < this.#appliedLocals.length) {
      const wanted = locals[local]
      if (wanted === undefined || idOf(wanted) !== this.#appliedLocals[local]) break
      local++
    }
    return { commits, locals: local }
  }

  /** Gives the commits undone. */
  #undoTo(wanted: Position): Commit[] {
    if (wanted.commits === this.#applied.length && wanted.locals === this.#appliedLocals.length) return []
    this.#changes?.beforeUndo()
    const reached = this.#undo.undoTo(wanted)
    this.#appliedLocals.length = reached.locals
    return this.#applied.splice(reached.commits).map(({ commit }) => commit)
  }

  /** A commit that had failed while pending, and is confirmed at the same place: it fails there too. */
  #quarantineApplied(failures: FailedCommit[]): void {
    const end = Math.min(this.#applied.length, this.#confirmed.length)
    for (let i = 0; i < end; i++) {
      const applied = this.#applied[i]
      if (!applied?.error || applied.quarantined) continue
      applied.quarantined = true
      failures.push({ commit: applied.commit, error: applied.error, confirmed: true })
    }
  }

  #applyNewlyConfirmed(failures: FailedCommit[]): readonly Commit[] {
    const from = this.#applied.length
    if (this.#changes) this.#changes.settling = this.#willSettle
    for (let i = from; i < this.#confirmed.length; i++) {
      const commit = this.#confirmed[i] as Commit
      const error = this.#materialize.attempt(commit, false)
      if (error) failures.push({ commit, error, confirmed: true })
      this.#applied.push({ id: idOf(commit), commit, error, quarantined: error !== null })
    }
    if (this.#changes) this.#changes.settling = false
    return this.#confirmed.slice(from)
  }

  /** Nothing that is applied waits for a verdict: base can move to the head. */
  get #willSettle(): boolean {
    return this.#applied.length <= this.#confirmed.length && this.#appliedLocals.length <= this.#ackedLocals.length
  }

  /** Moves base as far as it can go; gives the local commits that had to be applied for it. */
  #settleBase(): readonly Commit[] {
    if (!this.#willSettle) {
      this.#trim()
      return []
    }
    const locals = this.#applyLocals(this.#ackedLocals)
    if (this.#applied.length > 0 || this.#appliedLocals.length > 0) this.#undo.moveBase()
    this.#changes?.forget()
    this.#base = this.#head
    this.#applied.length = 0
    this.#confirmed.length = 0
    this.#ackedLocals = []
    this.#appliedLocals = []
    return locals
  }

  #trim(): void {
    const trimmed = this.#undo.trim(this.#confirmed.length)
    if (trimmed === 0) return
    this.#applied.splice(0, trimmed)
    this.#base += eventCount(this.#confirmed.splice(0, trimmed))
  }

  #applyPending(pending: readonly Commit[], unackedFrom: number, failures: FailedCommit[]): readonly Commit[] {
    const from = this.#applied.length - this.#confirmed.length
    if (from >= pending.length) return []
    const first = this.#applied.length
    this.#undo.pendingFrom()
    for (let i = from; i < pending.length; i++) {
      if (i === unackedFrom) this.#undo.unackedFrom(this.#position())
      const commit = pending[i] as Commit
      const error = this.#materialize.attempt(commit, false)
      if (error) {
        failures.push({ commit, error, confirmed: false })
        if (this.#reject(commit, error)) continue
      }
      this.#applied.push({ id: idOf(commit), commit, error, quarantined: false })
    }
    this.#undo.pendingTo(this.#applied.slice(first))
    return pending.slice(from)
  }

  #applyLocals(wanted: readonly Commit[]): readonly Commit[] {
    const missing = wanted.slice(this.#appliedLocals.length)
    for (const commit of missing) {
      this.#materialize.attempt(commit, true)
      this.#appliedLocals.push(idOf(commit))
    }
    return missing
  }

  #tell(): void {
    const batch = this.#changes?.take()
    if (batch) this.onChange?.(batch)
  }
}

function idOf(commit: Commit): string {
  return (commit[0] as ConfirmedEvent).id
}

function eventCount(commits: readonly Commit[]): number {
  let count = 0
  for (const commit of commits) count += commit.length
  return count
}
