import { type Deferred, deferred } from '../base/deferred.ts'
import type { StoreError } from '../base/errors.ts'
import type { Commit, EventId, EventRecord } from '../protocol/event-record.ts'
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

/** This session's commits until they are confirmed or rejected, with their receipts; `OwnVerdicts` says what becomes of them. */
export class OwnCommits {
  /** Open commits by the id of their first event, in the order they were made; `open` brings it up to date. */
  #byId = new Map<EventId, OwnCommit>()
  /** Sessions that commits were made under: this one's ids, one after the other. */
  readonly sessions: string[] = []
  /** Made since then: hashing an id costs more than everything else about a new commit, and can wait for the leader's answer. */
  readonly #fresh: OwnCommit[] = []
  /** The commits that the leader has not acked, applied after everything else; made when read, the same until something changes. */
  #unacked: readonly Commit[] | null = []
  #unackedLocal: readonly Commit[] | null = []
  /** Synced events that the leader has not acked. */
  unackedEvents = 0
  /** Number of commits that the leader has not acked, local ones too. */
  #waiting = 0
  /** Told when none is open. */
  readonly settling: Deferred<void>[] = []

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

  /** How many are neither confirmed nor rejected. */
  get size(): number {
    return this.#byId.size + this.#fresh.length
  }

  add(commit: Commit, local: boolean): OwnCommit {
    const own = { commit, local, receipt: new CommitReceipt(commit), leader: null, acked: false, retracted: false }
    this.#fresh.push(own)
    const { sessionId } = commit[0] as EventRecord
    if (this.sessions[this.sessions.length - 1] !== sessionId) this.sessions.push(sessionId)
    this.count(own, 1)
    return own
  }

  /** Takes back a commit that could not be applied. */
  withdraw(own: OwnCommit): void {
    this.open.delete(firstId(own.commit))
    this.count(own, -1)
  }

  /** What is to be sent to a leader that knows none of it. */
  unackedInOrder(): OwnCommit[] {
    return this.openInOrder().filter((own) => !own.acked && !own.retracted)
  }

  /** Every open commit, in the order they were made. */
  openInOrder(): OwnCommit[] {
    return [...this.open.values()]
  }

  /** Resolves when nothing is open; rejects when the store is closed before. */
  settled(): Promise<void> {
    if (this.open.size === 0) return Promise.resolve()
    const settled = deferred<void>()
    this.settling.push(settled)
    return settled.promise
  }

  /** Resolves when everything that is open now is acked or rejected. */
  async allAcked(): Promise<void> {
    await Promise.allSettled(this.openInOrder().map((own) => own.receipt.acked))
  }

  /** The store is closed: whoever still waits hears so. */
  abandon(error: StoreError): void {
    for (const own of this.open.values()) own.receipt.fail(error)
    this.open.clear()
    for (const settled of this.settling.splice(0)) settled.reject(error)
  }

  /** By the id of their first event, in the order they were made. */
  get open(): Map<EventId, OwnCommit> {
    if (this.#fresh.length > 0) {
      // A map that many came to and went from holds on to its earlier tables, and with them to what was in those: a third of all garbage was kept so.
      if (this.#byId.size === 0) this.#byId = new Map()
      for (const own of this.#fresh.splice(0)) this.#byId.set(firstId(own.commit), own)
    }
    return this.#byId
  }

  #waitingCommits(local: boolean): readonly Commit[] {
    return this.unackedInOrder()
      .filter((own) => own.local === local)
      .map((own) => own.commit)
  }

  /** It waits for an ack from now on (1), or no longer (-1). */
  count({ commit, local }: OwnCommit, by: 1 | -1): void {
    this.#waiting += by
    if (local) this.#unackedLocal = null
    else {
      this.#unacked = null
      this.unackedEvents += by * commit.length
    }
  }
}

function firstId(commit: Commit): EventId {
  return (commit[0] as EventRecord).id
}
