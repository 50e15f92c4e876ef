import { StoreError, type StoreErrorData } from '../base/errors.ts'
import type { Commit, EventId, EventRecord } from '../protocol/event-record.ts'
import type { OwnCommit, OwnCommits } from './own-commits.ts'
import type { CommitReceipt } from './receipt.ts'

/** What becomes of a session's own commits, as the leader tells it. */
export class OwnVerdicts {
  readonly #own: OwnCommits

  constructor(own: OwnCommits) {
    this.#own = own
  }

  /** False when none of them is of this session. */
  mayHold(sessionId: string): boolean {
    return this.#own.sessions.includes(sessionId)
  }

  /** The open commit that begins with this event. */
  commit(id: EventId): Commit | undefined {
    return this.#own.open.get(id)?.commit
  }

  /** The leader holds it durably. A local commit is confirmed by that. */
  ack(id: EventId): void {
    const own = this.#own.open.get(id)
    if (!own || own.acked) return
    if (!own.retracted) this.#own.count(own, -1)
    own.acked = true
    if (own.local) this.#finish(own, (receipt) => receipt.confirm())
    else own.receipt.ack()
  }

  confirm(id: EventId): void {
    this.ack(id)
    const own = this.#own.open.get(id)
    if (own) this.#finish(own, (receipt) => receipt.confirm())
  }

  /** It was rejected: no longer to be applied. `reject` tells its author. */
  retract(id: EventId): void {
    const own = this.#own.open.get(id)
    if (!own || own.retracted) return
    if (!own.acked) this.#own.count(own, -1)
    own.retracted = true
  }

  /** True when the commit was one of ours, and still open. */
  reject(id: EventId, data: StoreErrorData): boolean {
    this.retract(id)
    const own = this.#own.open.get(id)
    if (own) this.#finish(own, (receipt) => receipt.fail(StoreError.from(data)))
    return own !== undefined
  }

  /** A leader does not know these (its storage was lost): they wait for an ack again, each in its old place. */
  unack(ids: ReadonlySet<EventId>): void {
    for (const id of ids) {
      const own = this.#own.open.get(id)
      if (!own?.acked) continue
      own.acked = false
      if (!own.retracted) this.#own.count(own, 1)
    }
  }

  #finish({ commit, receipt }: OwnCommit, tell: (receipt: CommitReceipt) => void): void {
    this.#own.open.delete(firstId(commit))
    tell(receipt)
    if (this.#own.open.size > 0) return
    for (const settled of this.#own.settling.splice(0)) settled.resolve()
  }
}

function firstId(commit: Commit): EventId {
  return (commit[0] as EventRecord).id
}
