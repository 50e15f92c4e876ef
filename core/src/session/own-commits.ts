import { type Deferred, deferred } from '../base/deferred.ts'
import { StoreError, type StoreErrorData } from '../base/errors.ts'
import type { Commit, EventId, EventRecord } from '../protocol/event-record.ts'
import { CommitQueue } from '../replica/commit-queue.ts'
import { CommitReceipt } from './receipt.ts'

interface OwnCommit {
  readonly commit: Commit
  readonly local: boolean
  readonly receipt: CommitReceipt
  /** The leader it was first sent to. */
  leader: string | null
  acked: boolean
  /** Rejected, and about to be reported: neither applied nor sent again. */
  retracted: boolean
}

/** A commit of this session that is in the log for good or out of it. */
export interface Verdict {
  readonly commit: Commit
  readonly error: StoreError | null
}

/** This session's commits until they are confirmed or rejected, with their receipts. */
export class OwnCommits {
  /** Synced commits that the leader has not acked, and local ones: applied after everything else. */
  readonly unacked = new CommitQueue()
  readonly unackedLocal = new CommitQueue()
  readonly #byId = new Map<EventId, OwnCommit>()
  #settled: Deferred<void>[] = []

  /** Synced commits on their way, acked or not. */
  get open(): number {
    return this.#byId.size
  }

  /** Ids of the first events of all open commits, in the order they were made. */
  get ids(): EventId[] {
    return [...this.#byId.keys()]
  }

  add(commit: Commit, local: boolean): CommitReceipt {
    const receipt = new CommitReceipt(commit.map((event) => event.id))
    this.#byId.set(firstId(commit), { commit, local, receipt, leader: null, acked: false, retracted: false })
    this.#queue(local).add(commit)
    return receipt
  }

  /** Takes back a commit that could not be applied. */
  withdraw(commit: Commit): void {
    const own = this.#byId.get(firstId(commit))
    if (!own) return
    this.#byId.delete(firstId(commit))
    this.#queue(own.local).remove(commit)
  }

  /** The open commit that begins with this event. */
  commit(id: EventId): Commit | undefined {
    return this.#byId.get(id)?.commit
  }

  event(id: EventId): EventRecord | undefined {
    return this.unacked.event(id) ?? this.unackedLocal.event(id)
  }

  /** It is about to be sent. True when another leader was sent it before. */
  sending(commit: Commit, leader: string): boolean {
    const own = this.#byId.get(firstId(commit))
    if (!own) return false
    own.leader ??= leader
    return own.leader !== leader
  }

  /** The leader holds it durably. A local commit is confirmed by that. */
  ack(id: EventId): void {
    const own = this.#byId.get(id)
    if (!own || own.acked) return
    own.acked = true
    this.#queue(own.local).remove(own.commit)
    if (own.local) this.#finish(id, (receipt) => receipt.confirm())
    else own.receipt.ack()
  }

  confirm(id: EventId): void {
    this.ack(id)
    this.#finish(id, (receipt) => receipt.confirm())
  }

  /** It was rejected: no longer to be applied. `reject` tells its author. */
  retract(id: EventId): void {
    const own = this.#byId.get(id)
    if (!own) return
    if (!own.acked) this.#queue(own.local).remove(own.commit)
    own.retracted = true
  }

  /** True when the commit was one of ours, and still open. */
  reject(id: EventId, data: StoreErrorData): boolean {
    if (!this.#byId.has(id)) return false
    this.retract(id)
    this.#finish(id, (receipt) => receipt.fail(StoreError.from(data)))
    return true
  }

  /** A leader does not know these (its storage was lost): they wait for an ack again, each in its old place. */
  unack(ids: ReadonlySet<EventId>): void {
    for (const id of ids) {
      const own = this.#byId.get(id)
      if (own) own.acked = false
    }
    for (const queue of [this.unacked, this.unackedLocal]) queue.clear()
    for (const { commit, local } of this.unackedInOrder()) this.#queue(local).add(commit)
  }

  /** What is to be sent to a leader that knows none of it. */
  unackedInOrder(): { readonly commit: Commit; readonly local: boolean }[] {
    return [...this.#byId.values()]
      .filter((own) => !own.acked && !own.retracted)
      .map(({ commit, local }) => ({ commit, local }))
  }

  /** Every open commit, in the order they were made. */
  openInOrder(): { readonly commit: Commit; readonly local: boolean }[] {
    return [...this.#byId.values()].map(({ commit, local }) => ({ commit, local }))
  }

  /** Resolves when nothing is open; rejects when the store is closed before. */
  settled(): Promise<void> {
    if (this.#byId.size === 0) return Promise.resolve()
    const settled = deferred<void>()
    this.#settled.push(settled)
    return settled.promise
  }

  /** Resolves when everything that is open now is acked or rejected. */
  async allAcked(): Promise<void> {
    await Promise.allSettled([...this.#byId.values()].map((own) => own.receipt.acked))
  }

  /** The store is closed: whoever still waits hears so. */
  abandon(error: StoreError): void {
    for (const own of this.#byId.values()) own.receipt.fail(error)
    this.#byId.clear()
    for (const settled of this.#settled.splice(0)) settled.reject(error)
  }

  #queue(local: boolean): CommitQueue {
    return local ? this.unackedLocal : this.unacked
  }

  #finish(id: EventId, tell: (receipt: CommitReceipt) => void): void {
    const own = this.#byId.get(id)
    if (!own) return
    this.#byId.delete(id)
    tell(own.receipt)
    if (this.#byId.size > 0) return
    for (const settled of this.#settled.splice(0)) settled.resolve()
  }
}

function firstId(commit: Commit): EventId {
  return (commit[0] as EventRecord).id
}
