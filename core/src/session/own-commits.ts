import { type Deferred, deferred } from '../base/deferred.ts'
import { StoreError, type StoreErrorData } from '../base/errors.ts'
import { type Commit, type EventId, type EventRecord, printOf } from '../protocol/event-record.ts'
import type { Asked } from '../protocol/leader-messages.ts'
import { CommitReceipt } from './receipt.ts'

/** A commit of this session that is neither confirmed nor rejected. */
export interface OwnCommit {
  readonly commit: Commit
  readonly local: boolean
  readonly receipt: CommitReceipt
  /** The leader it was first sent to. */
  leader: string | null
  acked: boolean
  /** Rejected, and about to be reported: neither applied nor sent again. */
  retracted: boolean
}

/** This session's commits until they are confirmed or rejected, with their receipts. */
export class OwnCommits {
  /** Open commits by the id of their first event, in the order they were made; `#open` brings it up to date. */
  readonly #byId = new Map<EventId, OwnCommit>()
  /** Sessions that commits were made under: this one's ids, one after the other. */
  readonly #sessions: string[] = []
  /** Made since then: hashing an id costs more than everything else about a new commit, and can wait for the leader's answer. */
  readonly #fresh: OwnCommit[] = []
  /** The commits that the leader has not acked, applied after everything else; made when read, the same until something changes. */
  #unacked: readonly Commit[] | null = []
  #unackedLocal: readonly Commit[] | null = []
  /** Synced events that the leader has not acked. */
  unackedEvents = 0
  /** Number of commits that the leader has not acked, local ones too. */
  #waiting = 0
  #settled: Deferred<void>[] = []

  /** All open commits, in the order they were made, as a leader is asked for what became of them. */
  get asked(): Asked[] {
    return [...this.#open].map(([id, { commit }]) => ({ id, print: printOf(commit) }))
  }

  get unacked(): readonly Commit[] {
    this.#unacked ??= this.#waitingCommits(false)
    return this.#unacked
  }

  get unackedLocal(): readonly Commit[] {
    this.#unackedLocal ??= this.#waitingCommits(true)
    return this.#unackedLocal
  }

  get allAreAcked(): boolean {
    return this.#waiting === 0
  }

  add(commit: Commit, local: boolean): OwnCommit {
    const own = { commit, local, receipt: new CommitReceipt(commit), leader: null, acked: false, retracted: false }
    this.#fresh.push(own)
    const { sessionId } = commit[0] as EventRecord
    if (this.#sessions[this.#sessions.length - 1] !== sessionId) this.#sessions.push(sessionId)
    this.#count(own, 1)
    return own
  }

  /** Takes back a commit that could not be applied. */
  withdraw(own: OwnCommit): void {
    this.#open.delete(firstId(own.commit))
    this.#count(own, -1)
  }

  /** False when none of them is of this session. */
  mayHold(sessionId: string): boolean {
    return this.#sessions.includes(sessionId)
  }

  /** The open commit that begins with this event. */
  commit(id: EventId): Commit | undefined {
    return this.#open.get(id)?.commit
  }

  /** The leader holds it durably. A local commit is confirmed by that. */
  ack(id: EventId): void {
    const own = this.#open.get(id)
    if (!own || own.acked) return
    if (!own.retracted) this.#count(own, -1)
    own.acked = true
    if (own.local) this.#finish(own, (receipt) => receipt.confirm())
    else own.receipt.ack()
  }

  confirm(id: EventId): void {
    this.ack(id)
    const own = this.#open.get(id)
    if (own) this.#finish(own, (receipt) => receipt.confirm())
  }

  /** It was rejected: no longer to be applied. `reject` tells its author. */
  retract(id: EventId): void {
    const own = this.#open.get(id)
    if (!own || own.retracted) return
    if (!own.acked) this.#count(own, -1)
    own.retracted = true
  }

  /** True when the commit was one of ours, and still open. */
  reject(id: EventId, data: StoreErrorData): boolean {
    this.retract(id)
    const own = this.#open.get(id)
    if (own) this.#finish(own, (receipt) => receipt.fail(StoreError.from(data)))
    return own !== undefined
  }

  /** A leader does not know these (its storage was lost): they wait for an ack again, each in its old place. */
  unack(ids: ReadonlySet<EventId>): void {
    for (const id of ids) {
      const own = this.#open.get(id)
      if (!own?.acked) continue
      own.acked = false
      if (!own.retracted) this.#count(own, 1)
    }
  }

  /** What is to be sent to a leader that knows none of it. */
  unackedInOrder(): OwnCommit[] {
    return this.openInOrder().filter((own) => !own.acked && !own.retracted)
  }

  /** Every open commit, in the order they were made. */
  openInOrder(): OwnCommit[] {
    return [...this.#open.values()]
  }

  /** Resolves when nothing is open; rejects when the store is closed before. */
  settled(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve()
    const settled = deferred<void>()
    this.#settled.push(settled)
    return settled.promise
  }

  /** Resolves when everything that is open now is acked or rejected. */
  async allAcked(): Promise<void> {
    await Promise.allSettled(this.openInOrder().map((own) => own.receipt.acked))
  }

  /** The store is closed: whoever still waits hears so. */
  abandon(error: StoreError): void {
    for (const own of this.#open.values()) own.receipt.fail(error)
    this.#open.clear()
    for (const settled of this.#settled.splice(0)) settled.reject(error)
  }

  get #open(): Map<EventId, OwnCommit> {
    if (this.#fresh.length > 0) for (const own of this.#fresh.splice(0)) this.#byId.set(firstId(own.commit), own)
    return this.#byId
  }

  #waitingCommits(local: boolean): readonly Commit[] {
    return this.unackedInOrder()
      .filter((own) => own.local === local)
      .map((own) => own.commit)
  }

  /** It waits for an ack from now on (1), or no longer (-1). */
  #count({ commit, local }: OwnCommit, by: 1 | -1): void {
    this.#waiting += by
    if (local) this.#unackedLocal = null
    else {
      this.#unacked = null
      this.unackedEvents += by * commit.length
    }
  }

  #finish({ commit, receipt }: OwnCommit, tell: (receipt: CommitReceipt) => void): void {
    this.#open.delete(firstId(commit))
    tell(receipt)
    if (this.#open.size > 0) return
    for (const settled of this.#settled.splice(0)) settled.resolve()
  }
}

function firstId(commit: Commit): EventId {
  return (commit[0] as EventRecord).id
}
