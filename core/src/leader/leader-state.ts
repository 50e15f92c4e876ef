import type { StoreError } from '../base/errors.ts'
import { damageError } from '../eventlog/damage.ts'
import { StoreFile } from '../eventlog/store-file.ts'
import { confirmEvent } from '../protocol/confirm-event.ts'
import {
  type Commit,
  type ConfirmedEvent,
  type EventId,
  type EventRecord,
  eventNumber,
  splitCommits,
} from '../protocol/event-record.ts'
import type { QuarantinedCommit } from '../protocol/leader-messages.ts'
import { idConflict, sameCommit } from '../protocol/same-commit.ts'
import { ChangesetUndo } from '../replica/changeset-undo.ts'
import { CommitQueue } from '../replica/commit-queue.ts'
import { LeaderReplica } from '../replica/leader-replica.ts'
import { Rebase } from '../replica/rebase.ts'
import type { FailedCommit } from '../replica/target.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import type { SyncView } from '../sync/sync-effect.ts'
import { checkEpoch } from './boot.ts'
import { type LeaderNews, type LeaderWork, noNews, rejectionOf } from './leader-work.ts'

export interface LeaderStateOptions {
  readonly driver: SqliteDriver
  readonly schema: AnySchema
  readonly epoch: number
  /** A sync transport is there: confirmations come from a backend. */
  readonly synced: boolean
  /** The stored version is above this schema's: log and sync go on, the state tables stay as they are. */
  readonly logOnly: boolean
  /** Commits (by first event) that may have reached the backend, and so are never rejected here. */
  readonly pushed: Set<EventId>
}

/**
 * One store's log and state, on disk and mirrored in memory. `apply` is the only writer: log append, materialized
 * state, undo record and heads move in one transaction (rule STATE-2), whose epoch is checked (LEAD-1).
 *
 * After a throw of `apply` nothing has changed on disk and this mirror is void: load another.
 */
export class LeaderState implements SyncView {
  readonly file: StoreFile
  readonly #options: LeaderStateOptions
  readonly #queue: CommitQueue
  /** Number of each session's last event since pending was empty. */
  readonly #lastPending = new Map<string, number>()
  readonly #undo: ChangesetUndo | null
  readonly #replica: LeaderReplica | null
  readonly #rebase: Rebase | null
  #quarantined: QuarantinedCommit[]
  #backendId: string | null
  /** Position in the local log that the local tables hold. */
  #localApplied: number
  /** The transaction under way, for the replica's verdicts. */
  #news: LeaderNews = noNews(0)
  #gone = new Set<Commit>()
  /** Pending commits whose id another one has in the global order. */
  readonly #replaced = new Set<EventId>()

  constructor(options: LeaderStateOptions) {
    this.#options = options
    const file = new StoreFile(options.driver)
    this.file = file
    this.#queue = new CommitQueue(file.pending.commitsAfter(0))
    for (const commit of this.#queue.commits) this.#noteLast(commit)
    this.#backendId = file.meta.get('backendId') ?? null
    this.#localApplied = file.meta.get('localApplied') ?? 0
    this.#quarantined = file.verdicts.quarantined()
    this.#undo = options.logOnly
      ? null
      : new ChangesetUndo(
          options.driver,
          options.schema.syncedTables.map((table) => table.name),
        )
    this.#replica = this.#undo && this.#openReplica(this.#undo)
    this.#rebase = this.#undo && this.#replica && this.#rebaseOf(this.#replica, this.#undo)
  }

  get head(): number {
    return this.file.eventlog.head
  }

  get headId(): EventId | null {
    return this.idAt(this.head)
  }

  get backendId(): string | null {
    return this.#backendId
  }

  /** Position that the state tables can be undone to; null in a log-only leader. */
  get base(): number | null {
    return this.#replica?.base ?? null
  }

  get quarantined(): readonly QuarantinedCommit[] {
    return this.#quarantined
  }

  get pending(): readonly Commit[] {
    return this.#queue.commits
  }

  get pendingEvents(): number {
    return this.#queue.size
  }

  isPending(id: EventId): boolean {
    return this.#queue.event(id) !== undefined
  }

  /** What is kept under this id, from its event on to the end of its commit: pending, confirmed or local; null when nothing is. */
  known(id: EventId): Commit | null {
    const pending = this.#queue.commitOf(id)
    if (pending) return pending[0]?.id === id ? pending : []
    const seq = this.file.eventlog.find(id)?.seq
    if (seq !== undefined) return splitCommits(this.file.eventlog.read(seq - 1, 1)).commits[0] ?? null
    return this.file.local.commit(id)
  }

  idAt(seq: number): EventId | null {
    return this.file.eventlog.idAt(seq)
  }

  read(after: number, limit: number): ConfirmedEvent[] {
    return this.file.eventlog.read(after, limit)
  }

  /**
   * Does all of `work` in one transaction.
   *
   * @throws StoreError `leader/lost` when another leader has taken over; `storage/*` when the medium fails.
   */
  apply(work: readonly LeaderWork[]): LeaderNews {
    const news = noNews(this.head)
    this.#news = news
    this.#gone = new Set()
    this.#replaced.clear()
    try {
      this.#options.driver.transaction(() => {
        checkEpoch(this.file, this.#options.epoch)
        for (const item of work) this.#take(item)
        this.#applyLocals()
        this.#reconcile()
      })
    } catch (thrown) {
      this.#undo?.abandon()
      throw thrown
    }
    for (const commit of this.#gone) this.#queue.remove(commit)
    if (this.#queue.size === 0) this.#lastPending.clear()
    this.#quarantined = [...this.#quarantined, ...news.quarantined]
    // Not before the transaction stands: after a rollback these are pending again, and may be with the backend.
    for (const event of [...this.#gone].flat()) this.#options.pushed.delete(event.id)
    return news
  }

  #take(work: LeaderWork): void {
    switch (work.type) {
      case 'commit':
        for (const commit of splitCommits(work.events).commits) {
          const [first] = commit
          const last = commit.at(-1)
          const known = this.known(first?.id ?? '') ?? (last === first ? null : this.known(last?.id ?? ''))
          if (known || (!work.local && this.#isLate(commit))) this.#meet(commit, known ?? [], work.from)
          else {
            if (work.from) for (const event of commit) this.#news.senders.set(event.id, work.from)
            if (work.local) this.#takeLocal(commit)
            else this.#takeCommit(commit, work)
          }
        }
        return
      case 'receive':
        for (const commit of splitCommits(work.events).commits) this.#receive(commit)
        return
      case 'confirm':
        return this.#confirm(work.ids, work.from)
      case 'reject': {
        const commit = this.#queue.commitOf(work.eventId)
        if (commit && !this.#gone.has(commit)) this.#reject(commit, work.error)
        return
      }
      case 'adopt':
        this.#backendId = work.backendId
        this.file.meta.set('backendId', work.backendId)
    }
  }

  /** What is here is not taken again; what only shares its id is refused. */
  #meet(commit: Commit, known: Commit, from: object | undefined): void {
    if (sameCommit(commit, known)) return
    this.#news.refused.push({ from, commit: rejectionOf(commit, idConflict(commit[0]?.id ?? '').toJSON()) })
  }

  /** Two sessions share an id, and one is further: pushed out of their order, neither would be taken by the backend (rule LOG-4). */
  #isLate(commit: Commit): boolean {
    const { id, sessionId } = commit[0] as EventRecord
    if (eventNumber(id) > (this.#lastPending.get(sessionId) ?? 0)) return false
    return this.file.verdicts.rejectionOf(id) === null
  }

  #takeLocal(commit: Commit): void {
    this.file.local.append(commit)
    this.#news.local.push(...commit)
  }

  #noteLast(commit: Commit): void {
    const { id, sessionId } = commit.at(-1) as EventRecord
    this.#lastPending.set(sessionId, eventNumber(id))
  }

  /** `again`: an earlier leader may have pushed it. */
  #takeCommit(commit: Commit, { again, from }: Extract<LeaderWork, { type: 'commit' }>): void {
    const first = commit[0] as ConfirmedEvent
    const rejection = this.file.verdicts.rejectionOf(first.id)
    if (rejection) {
      // All were told when it was new: whoever sends it again has missed it.
      this.#news.refused.push({ from, commit: rejectionOf(commit, rejection) })
      return
    }
    if (!this.#options.synced && this.#backendId === null && this.#queue.size === 0) {
      this.#confirmAtOnce(commit)
      return
    }
    if (again) this.#options.pushed.add(first.id)
    this.file.pending.append(commit)
    this.#queue.add(commit)
    this.#noteLast(commit)
    this.#news.pendingAdded.push(...commit)
  }

  /** Without a backend this leader's order is the global one. */
  #confirmAtOnce(commit: Commit): void {
    const error = this.#replica?.applyConfirmed(commit)
    if (error) this.#setAside(commit, error)
    else this.#append(commit.map((event, i) => confirmEvent(event, this.head + 1 + i)))
  }

  #receive(commit: Commit<ConfirmedEvent>): void {
    const [first] = commit
    // Overlap with what is here is trimmed; what leaves a gap is dropped, upstream asks again.
    if (first?.seq !== this.head + 1) return
    for (const event of commit) {
      const pending = this.#queue.commitOf(event.id)
      // Of this id its sender holds a local event at most.
      if (!pending) this.#news.senders.delete(event.id)
      if (!pending || this.#gone.has(pending)) continue
      if (sameCommit(pending, commit)) this.#remove(pending)
      else {
        this.#reject(pending, idConflict(event.id))
        this.#replaced.add(pending[0]?.id ?? '')
        // Whoever sent that one does not hold this one.
        for (const { id } of pending) this.#news.senders.delete(id)
      }
    }
    this.#append(commit)
  }

  #confirm(ids: readonly EventId[], from: number): void {
    let seq = from
    for (const id of ids) {
      const event = this.#queue.event(id)
      if (event && seq === this.head + 1) {
        this.#append([confirmEvent(event, seq)])
        const commit = this.#queue.commitOf(id) as Commit
        if (!this.#gone.has(commit)) this.#remove(commit)
      }
      seq += 1
    }
  }

  #append(events: readonly ConfirmedEvent[]): void {
    this.file.eventlog.append(events)
    this.#news.confirmed.push(...events)
  }

  #remove(commit: Commit): void {
    for (const event of commit) {
      this.file.pending.remove(event.id)
      this.#news.wasPending.add(event.id)
    }
    this.#gone.add(commit)
  }

  #reject(commit: Commit, error: StoreError): void {
    for (const event of commit) this.file.pending.remove(event.id)
    this.#gone.add(commit)
    this.#setAside(commit, error)
  }

  #setAside(commit: Commit, error: StoreError): void {
    this.file.verdicts.reject(commit, error.toJSON())
    this.#news.rejected.push(rejectionOf(commit, error.toJSON()))
  }

  /** Brings the local tables to the end of the local log: also over what a log-only leader put there. */
  #applyLocals(): void {
    const { local, meta } = this.file
    if (!this.#replica || this.#localApplied === local.head) return
    for (const commit of local.commitsAfter(this.#localApplied)) this.#replica.applyLocal(commit)
    this.#localApplied = local.head
    meta.set('localApplied', local.head)
  }

  /** Brings the state to `confirmed ++ pending`, and judges the commits that throw. */
  #reconcile(): void {
    const replica = this.#replica
    if (!replica || !this.#rebase) return
    const news = this.#news
    // What was confirmed at once is in the replica already.
    const confirmed = news.confirmed.filter((event) => event.seq > replica.head)
    const { failures } = this.#rebase.reconcile({
      confirmed: splitCommits(confirmed).commits,
      pending: this.#queue.commits.filter((commit) => !this.#gone.has(commit)),
      unacked: [],
      replaced: this.#replaced,
      local: [],
      unackedLocal: [],
    })
    for (const failure of failures) if (failure.confirmed) this.#quarantine(failure)
    if (this.file.meta.get('base') !== replica.base) this.file.meta.set('base', replica.base)
  }

  #quarantine({ commit, error }: FailedCommit): void {
    const { seq } = this.#confirmedEvent((commit[0] as ConfirmedEvent).id)
    // Taken back with pending commits of its undo record and applied again, it failed again.
    const { quarantined: added } = this.#news
    if ([...this.#quarantined, ...added].some((known) => known.seq === seq)) return
    const quarantined = { seq, ids: commit.map((event) => event.id), error: error.toJSON() }
    this.file.verdicts.quarantine(quarantined)
    added.push(quarantined)
  }

  #confirmedEvent(id: EventId): ConfirmedEvent {
    const event = this.file.eventlog.find(id)
    if (!event) throw damageError(`confirmed event ${id} is not in the log`)
    return event
  }

  #openReplica(undo: ChangesetUndo): LeaderReplica {
    const { driver, schema } = this.#options
    const base = this.file.meta.get('base') ?? 0
    const confirmed = splitCommits(this.file.eventlog.read(base, this.head - base)).commits
    const applied = undo.applied.map(({ id, error }) => ({ commit: this.#commitFrom(id), error }))
    return new LeaderReplica({ driver, schema, base, confirmed, applied })
  }

  #rebaseOf({ standing }: LeaderReplica, undo: ChangesetUndo): Rebase {
    const { pushed } = this.#options
    return new Rebase(standing, {
      undo,
      reject: (commit, error) => {
        const first = commit[0] as ConfirmedEvent
        // Rule LOG-1: what may have reached the backend may be confirmed yet. It is pushed on, without effect.
        if (pushed.has(first.id)) return false
        this.#reject(commit, error)
        const added = this.#news.pendingAdded
        if (added.includes(first)) added.splice(added.indexOf(first), commit.length)
        return true
      },
    })
  }

  /** The commit that begins with this event, wherever it is now. */
  #commitFrom(id: EventId): Commit {
    const elsewhere = this.#queue.commitOf(id) ?? this.file.verdicts.rejectedCommit(id)
    if (elsewhere) return elsewhere
    const { seq } = this.#confirmedEvent(id)
    return splitCommits(this.file.eventlog.read(seq - 1, 1)).commits[0] as Commit
  }
}
