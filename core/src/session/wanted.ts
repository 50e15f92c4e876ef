import type { StoreErrorData } from '../base/errors.ts'
import { confirmEvent } from '../protocol/confirm-event.ts'
import {
  type Commit,
  type ConfirmedEvent,
  type EventId,
  type EventRecord,
  splitCommits,
} from '../protocol/event-record.ts'
import type { LeaderMessage, QuarantinedCommit, RejectedCommit } from '../protocol/leader-messages.ts'
import { idConflict, sameCommit } from '../protocol/same-commit.ts'
import { CommitQueue } from '../replica/commit-queue.ts'
import type { Target } from '../replica/target.ts'
import type { OwnCommits } from './own-commits.ts'
import { OwnVerdicts } from './own-verdicts.ts'
import { NOTHING_TOLD, type Told } from './told.ts'

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
export class Wanted implements Told {
  readonly #own: OwnCommits
  readonly #verdicts: OwnVerdicts
  /** Last confirmed `seq` the leader told of. */
  head: number
  /** Position in the client's log of local events. */
  localHead: number
  /** The leader's pending commits. */
  #pending: CommitQueue
  #confirmed: Commit<ConfirmedEvent>[] = []
  #local: Commit[] = []
  #tidings: Tidings = noTidings()
  /** Ids (of commits' first events) that stand for other commits than the replica has under them. */
  #replaced = new Set<EventId>()

  /** `told`: what the leader has told of before, and the replica has. */
  constructor(own: OwnCommits, told: Told = NOTHING_TOLD) {
    this.#own = own
    this.#verdicts = new OwnVerdicts(own)
    this.head = told.head
    this.localHead = told.localHead
    this.#pending = new CommitQueue(told.pending)
  }

  /** The leader's pending commits. */
  get pending(): readonly Commit[] {
    return this.#pending.commits
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
    const before = this.#pending
    this.#pending = new CommitQueue(splitCommits(answer.pending).commits)
    for (const commit of this.#pending.commits) {
      const old = before.commitOf(firstId(commit))
      if (old && !sameCommit(old, commit)) this.#replaced.add(firstId(old))
    }
    if (answer.type === 'log') {
      // Two hellos may be under way, both answered from the same position.
      const known = Math.max(0, this.localHead - (answer.localHead - answer.local.length))
      this.#local.push(...splitCommits(answer.local.slice(known)).commits)
    }
    this.localHead = answer.localHead
    const unknown = new Set<EventId>()
    for (const outcome of answer.outcomes) {
      const { id } = outcome
      if (outcome.state === 'rejected') this.#rejectOwn(id, outcome.error)
      else if (outcome.state === 'unknown') unknown.add(id)
      else this.#verdicts.ack(id)
      if (outcome.state === 'confirmed') this.#tidings.confirmed.push(id)
    }
    this.#verdicts.unack(unknown)
  }

  /** False when it does not continue what is here, or names events that are not: the session has to greet again. */
  advance(advance: Advance): boolean {
    const localAfter = advance.localHead - advance.local.length
    if (advance.after !== this.head || localAfter !== this.localHead) return false
    const added = this.#commits(advance.pendingAdded)
    const local = this.#commits(advance.local)
    const confirmed = this.#events(advance.confirmed, added ?? [])
    if (!added || !local || !confirmed) return false
    for (const commit of added) {
      if (this.#isOwn(commit)) this.#verdicts.ack(firstId(commit))
      this.#pending.add(commit)
    }
    // Before what is confirmed, which another may have made under the id of one of these.
    for (const commit of local) {
      if (this.#isOwn(commit)) this.#verdicts.ack(firstId(commit))
      this.#local.push(commit)
    }
    for (let i = 0; i < confirmed.length; i++) {
      const event = confirmed[i] as EventRecord
      if (!('seq' in event)) confirmed[i] = confirmEvent(event, advance.after + 1 + i)
    }
    this.#confirm(confirmed as ConfirmedEvent[])
    for (const rejected of advance.rejected) {
      const pending = this.#pending.commitOf(rejected.ids[0] ?? '')
      if (pending) this.#pending.remove(pending)
      this.#reject(rejected)
    }
    for (const { ids, error } of advance.refused ?? []) this.#rejectOwn(ids[0] ?? '', error)
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
      unacked: this.#own.unacked,
      unackedLocal: this.#own.unackedLocal,
      ...(this.#replaced.size > 0 && { replaced: this.#replaced }),
    }
    this.#replaced = new Set()
    const tidings = this.#tidings
    this.#confirmed = []
    this.#local = []
    this.#tidings = noTidings()
    return { target, tidings }
  }

  /** What is confirmed waits no more, neither with the leader nor here. */
  #confirm(events: readonly ConfirmedEvent[]): void {
    /** A session of which nothing waits here: a burst is mostly one's, and its ids need no look-up. */
    let stranger: string | null = null
    for (const commit of splitCommits(events).commits) {
      const { sessionId } = commit[0] as EventRecord
      if (sessionId !== stranger) {
        if (this.#pending.mayHold(sessionId) || this.#verdicts.mayHold(sessionId)) this.#waitsNoMore(commit)
        else stranger = sessionId
      }
      this.#confirmed.push(commit)
    }
    this.head += events.length
  }

  #waitsNoMore(commit: Commit): void {
    const id = firstId(commit)
    const pending = this.#pending.commitOf(id)
    if (pending) {
      this.#pending.remove(pending)
      if (!sameCommit(pending, commit)) this.#replaced.add(firstId(pending))
    }
    if (!this.#isOwn(commit)) return
    this.#verdicts.ack(id)
    this.#tidings.confirmed.push(id)
  }

  /** Not when it was told before: two hellos may have been under way, and both have the commit sent, or answered for. */
  #rejectOwn(id: EventId, error: StoreErrorData): void {
    const own = this.#verdicts.commit(id)
    if (own) this.#reject({ ids: own.map((event) => event.id), error })
  }

  /** False when no commit of ours is open under this id; one that only shares it can have no place in the log any more. */
  #isOwn(commit: Commit): boolean {
    const own = this.#verdicts.commit(firstId(commit))
    if (!own || sameCommit(own, commit)) return own !== undefined
    this.#replaced.add(firstId(own))
    this.#rejectOwn(firstId(own), idConflict(firstId(own)).toJSON())
    return false
  }

  #reject(rejected: RejectedCommit): void {
    const [id = ''] = rejected.ids
    this.#verdicts.retract(id)
    if (!this.#tidings.rejected.some(({ ids }) => ids[0] === id)) this.#tidings.rejected.push(rejected)
  }

  #commits(told: readonly (EventRecord | EventId)[]): Commit[] | null {
    const events = this.#events(told, [])
    if (!events) return null
    return splitCommits(events).commits.map(
      (commit) => (this.#isOwn(commit) && this.#verdicts.commit(firstId(commit))) || commit,
    )
  }

  /** The events of what is told whole or by ids, commit after commit; null when one of them is not here, nor in `added`. */
  #events(told: readonly (EventRecord | EventId)[], added: readonly Commit[]): EventRecord[] | null {
    const events: EventRecord[] = []
    const news = new Map(added.map((commit) => [firstId(commit), commit]))
    /** The commit that ids are of, and which of its events comes next. */
    let commit: Commit = []
    let next = 0
    for (const one of told) {
      if (typeof one !== 'string') {
        events.push(one)
        continue
      }
      if (next === commit.length) {
        commit = news.get(one) ?? this.#pending.commitOf(one) ?? this.#verdicts.commit(one) ?? []
        next = 0
      }
      const event = commit[next++]
      if (event?.id !== one) return null
      events.push(event)
    }
    return events
  }
}

function noTidings(): Tidings {
  return { confirmed: [], rejected: [], quarantined: [] }
}

function firstId(commit: Commit): EventId {
  return (commit[0] as EventRecord).id
}
