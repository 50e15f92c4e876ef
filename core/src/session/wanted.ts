import { confirmEvent } from '../protocol/event-codec.ts'
import {
  type Commit,
  type ConfirmedEvent,
  type EventId,
  type EventRecord,
  splitCommits,
} from '../protocol/event-record.ts'
import type { LeaderMessage, QuarantinedCommit, RejectedCommit } from '../protocol/leader-messages.ts'
import { CommitQueue } from '../replica/commit-queue.ts'
import type { Target } from '../replica/target.ts'
import type { OwnCommits } from './own-commits.ts'

type Snapshot = Extract<LeaderMessage, { type: 'snapshot' }>
type Log = Extract<LeaderMessage, { type: 'log' }>
type Advance = Extract<LeaderMessage, { type: 'advance' }>

/** What is to be told once the replica shows it. */
export interface Tidings {
  readonly confirmed: EventId[]
  readonly rejected: RejectedCommit[]
  readonly quarantined: QuarantinedCommit[]
}

/**
 * The order that a session wants in its replica: all that the leader has told of, then the session's own unacked commits. Lists only:
 * messages change them, `take` hands the change to one reconcile.
 */
export class Wanted {
  readonly #own: OwnCommits
  /** Last confirmed `seq` the leader told of. */
  head = 0
  /** Position in the client's log of local events. */
  localHead = 0
  /** The leader's pending commits. */
  #pending = new CommitQueue()
  #confirmed: Commit<ConfirmedEvent>[] = []
  #local: Commit[] = []
  #tidings: Tidings = noTidings()

  constructor(own: OwnCommits) {
    this.#own = own
  }

  /** Events of this client, or of its other sessions, that the leader holds as pending. */
  get pendingEvents(): number {
    return this.#pending.size
  }

  /** Another replica: at `head`, with the local log up to `localHead` in it. */
  reset(head: number, localHead: number): void {
    this.head = head
    this.localHead = localHead
    this.#pending = new CommitQueue()
    this.#confirmed = []
    this.#local = []
  }

  /** Confirmed events that continue the head; overlap is trimmed. False when they leave a gap. */
  confirm(events: readonly ConfirmedEvent[]): boolean {
    const news = events.filter((event) => event.seq > this.head)
    const [first] = news
    if (!first) return true
    if (first.seq !== this.head + 1) return false
    this.#confirm(news)
    return true
  }

  /** The end of a hello's answer: all that is pending, and what became of our commits. */
  answer(answer: Snapshot | Log): void {
    this.#pending = new CommitQueue(splitCommits(answer.pending).commits)
    if (answer.type === 'log') {
      // Two hellos may be under way, both answered from the same position.
      const known = Math.max(0, this.localHead - (answer.localHead - answer.local.length))
      this.#local.push(...splitCommits(answer.local.slice(known)).commits)
    }
    this.localHead = answer.localHead
    const unknown = new Set<EventId>()
    for (const outcome of answer.outcomes) {
      const { id } = outcome
      if (outcome.state === 'rejected') this.#reject({ ids: this.#idsOf(id), error: outcome.error })
      else if (outcome.state === 'unknown') unknown.add(id)
      else this.#own.ack(id)
      if (outcome.state === 'confirmed') this.#tidings.confirmed.push(id)
    }
    this.#own.unack(unknown)
  }

  /** False when it does not continue what is here, or names events that are not: the session has to greet again. */
  advance(advance: Advance): boolean {
    const localAfter = advance.localHead - advance.local.length
    if (advance.after !== this.head || localAfter !== this.localHead || !this.#holdsAll(advance)) return false
    for (const commit of splitCommits(advance.pendingAdded.map((told) => this.#event(told))).commits) {
      const own = this.#own.commit(firstId(commit))
      this.#own.ack(firstId(commit))
      this.#pending.add(own ?? commit)
    }
    this.#confirm(
      advance.confirmed.map((told, i) =>
        typeof told === 'string' ? confirmEvent(this.#event(told), advance.after + 1 + i) : told,
      ),
    )
    for (const rejected of advance.rejected) {
      const pending = this.#pending.commitOf(rejected.ids[0] ?? '')
      if (pending) this.#pending.remove(pending)
      this.#reject(rejected)
    }
    for (const commit of splitCommits(advance.local.map((told) => this.#event(told))).commits) {
      this.#own.ack(firstId(commit))
      this.#local.push(commit)
    }
    this.#tidings.quarantined.push(...advance.quarantined)
    this.localHead = advance.localHead
    return true
  }

  /** What the replica is to be brought to, and what is to be told then. */
  take(): { readonly target: Target; readonly tidings: Tidings } {
    const target: Target = {
      confirmed: this.#confirmed,
      local: this.#local,
      pending: this.#pending.commits,
      unacked: this.#own.unacked.commits,
      unackedLocal: this.#own.unackedLocal.commits,
    }
    const tidings = this.#tidings
    this.#confirmed = []
    this.#local = []
    this.#tidings = noTidings()
    return { target, tidings }
  }

  /** What is confirmed waits no more, neither with the leader nor here. */
  #confirm(events: readonly ConfirmedEvent[]): void {
    for (const commit of splitCommits(events).commits) {
      const id = firstId(commit)
      const pending = this.#pending.commitOf(id)
      if (pending) this.#pending.remove(pending)
      this.#own.ack(id)
      this.#tidings.confirmed.push(id)
      this.#confirmed.push(commit)
    }
    this.head += events.length
  }

  #idsOf(id: EventId): EventId[] {
    return this.#own.commit(id)?.map((event) => event.id) ?? [id]
  }

  #reject(rejected: RejectedCommit): void {
    this.#own.retract(rejected.ids[0] ?? '')
    this.#tidings.rejected.push(rejected)
  }

  /** Every event that is told by its id is here. */
  #holdsAll(advance: Advance): boolean {
    const told = [...advance.pendingAdded, ...advance.confirmed, ...advance.local]
    const added = new Set(advance.pendingAdded.map((event) => (typeof event === 'string' ? event : event.id)))
    return told.every((event) => typeof event !== 'string' || added.has(event) || this.#find(event) !== undefined)
  }

  #event<E extends EventRecord>(told: E | EventId): EventRecord {
    return typeof told === 'string' ? (this.#find(told) as EventRecord) : told
  }

  #find(id: EventId): EventRecord | undefined {
    return this.#pending.event(id) ?? this.#own.event(id)
  }
}

function noTidings(): Tidings {
  return { confirmed: [], rejected: [], quarantined: [] }
}

function firstId(commit: Commit): EventId {
  return (commit[0] as EventRecord).id
}
