import { StoreError } from '../base/errors.ts'
import type { Commit, EventId } from '../protocol/event-record.ts'
import type { WriteOperation } from '../sql/write.ts'
import { type Agreement, strictAgreement } from './agreement.ts'
import { type Applied, appliedOf } from './applied.ts'
import { eventCount, idOf } from './commit-id.ts'
import type { CommitWrites } from './commit-writes.ts'
import type { CommutingSkip } from './commuting-skip.ts'
import type { Footprint } from './footprint.ts'
import type { GatheredWrites } from './gathered-writes.ts'
import { KnownWrites } from './known-writes.ts'
import type { Materialize } from './materialize.ts'
import type { AppliedLocal, Standing } from './standing.ts'
import type { FailedCommit, PendingPart, Reconciled, Target } from './target.ts'
import type { Position, Undo } from './undo.ts'

export interface RebaseOptions {
  readonly undo: Undo
  /** Lets confirmed commits be applied on top of pending ones that they commute with. Only where undo is by savepoint. */
  readonly skip?: CommutingSkip
  /**
   * A pending commit threw. True: the caller has rejected it, and it counts no more.
   * False: it stays applied without effect.
   */
  readonly reject?: (commit: Commit, error: StoreError) => boolean
}

/** How many confirmed commits `applied` may hold before base is moved by undoing everything. */
const LONG = 256

/** From so many on base is moved as soon as no more are pending: the pause would be long, and what is kept until then much. */
const MANY = 4_096

/** A burst of more confirmed commits than this for each pending one is applied in order: that costs little more, and moves base. */
const LONG_BURST = 8

/** Brings what stands in a replica to the order that is wanted. One for each replica: it remembers the last target. */
export class Rebase {
  readonly #standing: Standing
  readonly #undo: Undo
  readonly #materialize: Materialize
  readonly #confirmed: Commit[]
  readonly #applied: Applied[]
  readonly #appliedLocals: AppliedLocal[]
  readonly #skip: CommutingSkip | undefined
  readonly #reject: RebaseOptions['reject']
  /** Local commits since base that the leader has acked, in its order. */
  #ackedLocals: Commit[] = []
  /** What the commits write that this reconcile has taken back: no materializer need run again. */
  readonly #takenBack = new KnownWrites<Applied>()
  /** The same of commits that this reconcile has not run yet. */
  readonly #foretold = new KnownWrites<{ readonly commit: Commit; readonly writes: CommitWrites }>()
  /** Made for the first long burst: it remembers forms. */
  #gatherer: GatheredWrites | null = null
  /** Pending commits whose updates were run again, to come after confirmed ones of the same rows. */
  #overtaken: Commit[] = []
  /** What was pending in the last target. */
  #pending: PendingPart = { pending: [], unacked: [], all: [] }

  constructor(standing: Standing, options: RebaseOptions) {
    this.#standing = standing
    this.#undo = options.undo
    this.#materialize = standing.materialize
    this.#confirmed = standing.confirmed
    this.#applied = standing.applied
    this.#appliedLocals = standing.appliedLocals
    this.#skip = options.skip
    this.#reject = options.reject
  }

  /**
   * The whole rebase algorithm: what is applied and agrees with the target stays; the rest is undone, and the target
   * applied from there. Newly confirmed commits that commute with all that is pending are applied on top of it, nothing undone.
   * Each materializer runs at most once a call; in a burst, the first event of those that read runs up to its read before.
   *
   * @throws StoreError `storage/*` when the environment fails; the replica is then to be made anew.
   */
  reconcile(target: Target): Reconciled {
    if (target.replaced) this.#disown(target.replaced)
    for (let i = 0; i < target.confirmed.length; i++) this.#confirmed.push(target.confirmed[i] as Commit)
    this.#standing.head += eventCount(target.confirmed)
    for (const commit of target.local) this.#ackedLocals.push(commit)
    const locals = [...this.#ackedLocals, ...target.unackedLocal]
    const failures: FailedCommit[] = []
    this.#overtaken = []

    const { undone, skipped } = this.#agree(target, locals, failures)
    const pending = this.#pending.all
    const replayed = skipped.concat(
      this.#overtaken,
      this.#applyNewlyConfirmed(failures),
      this.#settleBase(),
      this.#applyPending(pending, target.pending.length, failures),
      this.#applyLocals(this.#ackedLocals.concat(target.unackedLocal)),
    )
    this.#takenBack.clear()
    this.#foretold.clear()
    this.#standing.tell()
    return { undone: [...undone, ...this.#overtaken], replayed, skipped, failures }
  }

  /** What is applied under these ids agrees with nothing any more. */
  #disown(ids: ReadonlySet<EventId>): void {
    for (const list of [this.#applied, this.#appliedLocals] as { id: EventId }[][])
      for (const [i, applied] of list.entries()) if (ids.has(applied.id)) list[i] = { ...applied, id: '' }
  }

  /** Brings what is applied to agree with the wanted order, as far as it goes: undoes, or applies what is missing on top. */
  #agree(target: Target, locals: readonly Commit[], failures: FailedCommit[]): Pick<Reconciled, 'undone' | 'skipped'> {
    const localsKept = this.#localsKept(locals)
    const onlyConfirmed = this.#takePending(target) && localsKept === this.#appliedLocals.length
    let undone: readonly Commit[] = []
    /** What was applied before, as far as it was not undone. */
    let left = this.#applied.length
    const undoTo = (wanted: Position) => {
      const back = this.#undoTo(wanted)
      undone = [...back.slice(0, left - this.#applied.length), ...undone]
      left = Math.min(left, this.#applied.length)
    }
    // The footprint of what is pending is known: the cost does not depend on how much that is.
    if (onlyConfirmed && this.#standing.pendingFootprint && !this.#isLong) {
      const { confirmed } = target
      if (this.#applyOnTop(confirmed, this.#standing.pendingFootprint, true)) return { undone, skipped: confirmed }
    }
    let agreed = this.#agreement()
    if (agreed.kept < this.#applied.length || localsKept < this.#appliedLocals.length) {
      undoTo({ commits: agreed.kept, locals: localsKept })
      agreed = this.#agreement()
    }
    let skipped = agreed.missing
    if (skipped.length > 0 && !this.#applyMissing(agreed)) {
      skipped = []
      undoTo({ commits: agreed.inOrder, locals: this.#appliedLocals.length })
      agreed = this.#agreement()
    }
    this.#quarantine(agreed.confirmed, failures)
    return { undone, skipped }
  }

  /** Takes over what is pending; true when nothing of it has changed. */
  #takePending({ pending, unacked }: Target): boolean {
    if (pending === this.#pending.pending && unacked === this.#pending.unacked) return true
    this.#pending = { pending, unacked, all: [...pending, ...unacked] }
    this.#standing.pendingFootprint = null
    return false
  }

  /** Base should move, though it needs an undo under pending commits. The growth since the last one pays for it. */
  get #isLong(): boolean {
    const { length } = this.#confirmed
    const enough = this.#pending.all.length * (length < MANY ? 4 : 1)
    return this.#undo.grows && length >= LONG && length >= enough
  }

  #agreement(): Agreement<Applied> {
    const compare = this.#skip?.agreementOf ?? strictAgreement
    const agreed = compare(this.#applied, this.#confirmed, this.#pending.all)
    return this.#isLong && agreed.kept > agreed.confirmed.length ? strictAgreement([], [], []) : agreed
  }

  #localsKept(locals: readonly Commit[]): number {
    const differs = this.#appliedLocals.findIndex(({ id }, i) => idOf(locals[i]) !== id)
    return differs < 0 ? this.#appliedLocals.length : differs
  }

  #applyMissing({ missing, after, kept, confirmed }: Agreement<Applied>): boolean {
    if (missing.length > LONG_BURST * after.length) return false
    const ofPending = after.length === kept - confirmed.length
    const ofAll = ofPending && after.length === this.#pending.all.length
    const known = ofAll ? this.#standing.pendingFootprint : null
    const footprint = known ?? this.#skip?.footprintOf(this.#standing.schema, after)
    if (!footprint) return false
    if (ofAll) this.#standing.pendingFootprint = footprint
    return this.#applyOnTop(missing, footprint, ofPending)
  }

  /**
   * Applies confirmed commits after others that they come before, if they commute with those; false when they do not, or one throws.
   * With `allBefore` each of them comes before all of those, whose updates may be run again then, to come last.
   */
  #applyOnTop(commits: readonly Commit[], footprint: Footprint, allBefore: boolean): boolean {
    const skip = this.#skip as CommutingSkip
    const { isEmpty } = this.#foretold
    const again = new Set<WriteOperation>()
    for (const commit of commits) {
      let writes = isEmpty ? this.#takenBack.of(commit)?.writes : this.#writesOf(commit)
      if (!writes) {
        writes = skip.foretell(this.#materialize, commit)
        this.#foretold.add({ commit, writes })
      }
      if (footprint.meets(writes, allBefore ? again : null)) return false
    }
    const from = this.#applied.length
    const gathered = this.#gathererFor(commits.length)
    for (const commit of commits) {
      const applied = this.#attempt(commit, true, gathered)
      if (applied.error) return this.#disownFrom(from)
      this.#applied.push(applied)
    }
    if (gathered?.end().length) return this.#disownFrom(from)
    if (again.size === 0) return true
    if (!skip.repeat(this.#materialize, again)) return this.#disownFrom(from)
    for (const { commit, writes } of this.#applied) {
      // What is on top of them need not be looked through: that may be much.
      if (again.size === 0) break
      if (writes?.writes.filter((write) => again.delete(write)).length) this.#overtaken.push(commit)
    }
    return true
  }

  /** What is applied from there on agrees with nothing: it will be undone. */
  #disownFrom(from: number): false {
    for (let i = from; i < this.#applied.length; i++) this.#applied[i] = { ...(this.#applied[i] as Applied), id: '' }
    return false
  }

  #attempt(commit: Commit, late = false, gathered?: GatheredWrites | null): Applied {
    const before = this.#takenBack.of(commit)
    const known = (before ?? this.#foretold.of(commit))?.writes ?? null
    const outcome = (gathered ?? this.#materialize).outcome(commit, false, known)
    const same = before?.commit === commit && before.id === idOf(commit) && before.late === late
    return same && outcome === known ? before : appliedOf(commit, outcome, late)
  }

  #gathererFor(commits: number): GatheredWrites | null {
    if (!this.#skip || commits < this.#skip.fewestGathered) return null
    this.#gatherer ??= this.#skip.gathererOf(this.#standing)
    return this.#gatherer.begin()
  }

  /** Applies one that base moves past at once: nobody will ask what it wrote. Null unless it fails. */
  #settle(commit: Commit, gathered?: GatheredWrites | null): Applied | null {
    const outcome = (gathered ?? this.#materialize).outcome(commit, false, this.#writesOf(commit))
    return outcome instanceof StoreError ? appliedOf(commit, outcome) : null
  }

  #writesOf(commit: Commit): CommitWrites | null {
    return (this.#takenBack.of(commit) ?? this.#foretold.of(commit))?.writes ?? null
  }

  /** Gives the commits undone. */
  #undoTo(wanted: Position): readonly Commit[] {
    if (wanted.commits === this.#applied.length && wanted.locals === this.#appliedLocals.length) return []
    this.#materialize.changes?.beforeUndo(this.#applied, this.#appliedLocals)
    const reached = this.#undo.undoTo(wanted)
    const back = this.#applied.splice(reached.commits)
    for (const applied of back) if (applied.writes?.pure) this.#takenBack.add(applied)
    this.#appliedLocals.length = reached.locals
    return back.map(({ commit }) => commit)
  }

  /** Commits that had failed while pending, and are confirmed at the same place: they fail there too. */
  #quarantine(confirmed: readonly Applied[], failures: FailedCommit[]): void {
    for (const applied of confirmed) {
      if (!applied.error || applied.quarantined) continue
      applied.quarantined = true
      failures.push({ commit: applied.commit, error: applied.error, confirmed: true })
    }
  }

  #applyNewlyConfirmed(failures: FailedCommit[]): readonly Commit[] {
    const from = this.#applied.length
    const settling = this.#willSettle
    if (this.#materialize.changes) this.#materialize.changes.settling = settling
    const gathered = this.#gathererFor(this.#confirmed.length - from)
    for (let i = from; i < this.#confirmed.length; i++) {
      const commit = this.#confirmed[i] as Commit
      const applied = settling ? this.#settle(commit, gathered) : this.#attempt(commit, false, gathered)
      if (applied && !settling) this.#applied.push(applied)
      if (applied?.error) this.#quarantine([applied], failures)
    }
    if (gathered) this.#quarantine(gathered.end(), failures)
    if (this.#materialize.changes) this.#materialize.changes.settling = false
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
    if (this.#confirmed.length > 0 || this.#appliedLocals.length > 0) this.#undo.moveBase()
    this.#materialize.changes?.forget()
    this.#standing.base = this.#standing.head
    this.#applied.length = 0
    this.#confirmed.length = 0
    this.#ackedLocals = []
    this.#appliedLocals.length = 0
    return locals
  }

  #trim(): void {
    const trimmed = this.#undo.trim(this.#confirmed.length)
    if (trimmed === 0) return
    this.#applied.splice(0, trimmed)
    this.#standing.base += eventCount(this.#confirmed.splice(0, trimmed))
  }

  #applyPending(pending: readonly Commit[], unackedFrom: number, failures: FailedCommit[]): readonly Commit[] {
    const from = this.#applied.length - this.#confirmed.length
    if (from >= pending.length) return []
    const first = this.#applied.length
    this.#undo.pendingFrom()
    for (let i = from; i < pending.length; i++) {
      if (i === unackedFrom) this.#undo.unackedFrom(this.#standing.position)
      const commit = pending[i] as Commit
      const applied = this.#attempt(commit)
      if (applied.error) {
        // It has written when the footprint was taken, and writes nothing now.
        this.#standing.pendingFootprint = null
        failures.push({ commit, error: applied.error, confirmed: false })
        if (this.#reject?.(commit, applied.error)) continue
      }
      this.#applied.push(applied)
    }
    this.#undo.pendingTo(this.#applied.slice(first))
    return pending.slice(from)
  }

  #applyLocals(wanted: readonly Commit[]): readonly Commit[] {
    const missing = wanted.slice(this.#appliedLocals.length)
    for (const commit of missing) {
      const outcome = this.#materialize.outcome(commit, true)
      this.#appliedLocals.push({ id: idOf(commit), writes: outcome instanceof StoreError ? null : outcome })
    }
    return missing
  }
}
