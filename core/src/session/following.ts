import { printOf } from '../protocol/commit-print.ts'
import type { ConfirmedEvent } from '../protocol/event-record.ts'
import type { Asked, LeaderMessage, TokenReason } from '../protocol/leader-messages.ts'
import type { ChangeCollector } from '../replica/change-collector.ts'
import { commutingSkip } from '../replica/commuting-skip.ts'
import { Rebase } from '../replica/rebase.ts'
import type { Replica } from '../replica/replica.ts'
import { SavepointUndo } from '../replica/savepoint-undo.ts'
import type { ReplicaDriver } from '../sqlite/driver.ts'
import { EventReads } from './event-reads.ts'
import { EventStreams } from './event-stream.ts'
import { lostStorage } from './lost-storage.ts'
import { OwnVerdicts } from './own-verdicts.ts'
import { ReplicaBuild } from './replica-build.ts'
import { asStoreError } from './session-errors.ts'
import type { SessionState } from './session-state.ts'
import { snapshotReplica } from './snapshot-replica.ts'
import { Wanted } from './wanted.ts'

type Snapshot = Extract<LeaderMessage, { type: 'snapshot' }>
type Log = Extract<LeaderMessage, { type: 'log' }>
type Advance = Extract<LeaderMessage, { type: 'advance' }>

/** What a leader says that changes a session's replica, or answers its reads. */
export type LeaderNews = Extract<LeaderMessage, { type: 'snapshot' | 'log' | 'advance' | 'events' | 'taken' }>

/** What a session needs after its first replica. */
export interface FollowingParts {
  readonly Following: typeof Following
  readonly ChangeCollector: typeof ChangeCollector
}

/**
 * The half of a session that follows the leader. What is wanted in the replica is always `confirmed ++ leader's pending ++ own unacked`; each burst
 * from the leader changes the lists, and one reconcile brings the replica there.
 */
export class Following {
  readonly #state: SessionState
  readonly #wanted: Wanted
  readonly #verdicts: OwnVerdicts
  readonly #reads: EventReads
  readonly #streams: EventStreams
  #rebase: Rebase | null = null
  /** Databases of earlier replicas, until the live queries have moved. */
  readonly #retired: ReplicaDriver[] = []
  /** The replica after this one, while the pages that it is folded from arrive. */
  #build: ReplicaBuild | null = null
  /** The replica is a new one that nobody was told of. */
  #replaced = false
  /** Head of the replica that is being replaced: reads never go behind it unnoticed (rule SESS-1). */
  #headBefore = 0
  #scheduled = false
  /** Number of the last advance; they count from 1 since the hello was answered. */
  #n = 0
  #seen = 0
  #seenScheduled = false

  constructor(state: SessionState) {
    this.#state = state
    this.#wanted = new Wanted(state.own, state.told)
    state.told = this.#wanted
    this.#verdicts = new OwnVerdicts(state.own)
    this.#reads = new EventReads((read) => state.client.send(read))
    this.#streams = new EventStreams({
      head: () => state.replica?.head ?? 0,
      read: (after, limit) => this.#reads.page(after, limit),
    })
    if (state.replica) this.#rebase = rebaseOf(state.replica)
  }

  receive(message: LeaderNews): void {
    const state = this.#state
    if (state.closed) return
    switch (message.type) {
      case 'snapshot':
        state.orLost(() => this.#takeSnapshot(message))
        return
      case 'log':
        state.orLost(() => this.#takeLog(message))
        return
      case 'advance':
        return this.#takeAdvance(message)
      case 'events':
        return this.#reads.answer(message)
      case 'taken':
        if (message.sessionId === state.sessionId) this.#rename()
    }
  }

  log(after: number): AsyncGenerator<ConfirmedEvent, void, undefined> {
    return this.#streams.read(after)
  }

  /** Another hello is on its way, with these questions: pages of an earlier answer come no more. */
  ask(): Asked[] {
    this.#discardBuild()
    return [...this.#state.own.open].map(([id, { commit }]) => ({ id, print: printOf(commit) }))
  }

  /** The leader asks for a token. */
  giveToken(reason: TokenReason): void {
    const { closed, client, events } = this.#state
    if (closed) return
    events.token(reason).then(
      (token) => client.send({ type: 'token', token }),
      (thrown) => {
        const error = asStoreError(thrown, 'sync/unauthorized', 'The auth callback failed')
        client.send({ type: 'token', token: null, error: error.toJSON() })
        events.failed(error)
      },
    )
  }

  /** The session is closed. */
  close(): void {
    this.#streams.close()
    this.#reads.close()
    this.#discardBuild()
    for (const driver of this.#retired.splice(0)) driver.close()
  }

  /** Another session bears our id. What is made keeps its ids; what comes gets ids of its own. */
  #rename(): void {
    const state = this.#state
    state.sessionId = state.options.random.id()
    state.made = 0
    state.client.greet()
  }

  #discardBuild(): void {
    this.#build?.discard()
    this.#build = null
  }

  #takeAdvance(advance: Advance): void {
    const { client } = this.#state
    if (!client.answered) return
    if (advance.n !== this.#n + 1) return client.greet()
    this.#n = advance.n
    if (this.#wanted.advance(advance)) this.#schedule()
    else client.greet()
    this.#acknowledge()
  }

  #acknowledge(): void {
    if (this.#seenScheduled) return
    this.#seenScheduled = true
    this.#state.options.clock.soon(() => {
      this.#seenScheduled = false
      if (this.#n === this.#seen) return
      this.#seen = this.#n
      this.#state.client.send({ type: 'seen', n: this.#n })
    })
  }

  #takeSnapshot(snapshot: Snapshot): void {
    const replica = snapshotReplica(this.#state.options, snapshot, [])
    this.#replaceReplica({ dbId: snapshot.dbId, localHead: snapshot.localHead, replica })
    this.#answered(snapshot)
  }

  #takeLog(log: Log): void {
    // Another database, or one that is behind us, is folded from its beginning. What begins later in the local log is a late answer.
    const localAfter = log.localHead - log.local.length
    if (log.after === 0 && localAfter === 0 && (log.dbId !== this.#state.dbId || this.#wanted.head > 0)) {
      this.#discardBuild()
      this.#build = new ReplicaBuild(this.#state.options, log.dbId)
    }
    const build = this.#build
    if (!build) return this.#followLog(log)
    // Pages of an answer that was given up: the next hello gets one from the beginning.
    if (!build.take(log) || log.more) return
    this.#build = null
    this.#replaceReplica(build)
    this.#answered(log)
  }

  #followLog(log: Log): void {
    if (log.dbId !== this.#state.dbId) return
    if (!this.#wanted.confirm(log.events)) return this.#state.client.greet()
    if (log.more) this.#reconcile()
    else this.#answered(log)
  }

  #replaceReplica({ dbId, localHead, replica }: Pick<ReplicaBuild, 'dbId' | 'localHead' | 'replica'>): void {
    const state = this.#state
    if (state.replica) this.#retired.push(state.replica.driver)
    state.replica?.close()
    state.replica = replica
    state.dbId = dbId
    this.#rebase = rebaseOf(replica)
    this.#replaced = true
    this.#headBefore = Math.max(this.#headBefore, this.#wanted.head)
    this.#wanted.reset(replica.head, localHead)
  }

  /** The answer to a hello is whole. */
  #answered(answer: Snapshot | Log): void {
    const { own, outbox, client, events, booted } = this.#state
    this.#state.clientId = answer.clientId
    this.#wanted.answer(answer)
    outbox.replace(own.unackedInOrder())
    if (!this.#reconcile()) return
    this.#n = 0
    this.#seen = 0
    client.greeted()
    this.#state.flushOutbox()
    this.#reads.askAgain()
    const { replica } = this.#state
    if (this.#replaced && replica) events.replica(replica)
    this.#replaced = false
    for (const driver of this.#retired.splice(0)) driver.close()
    events.leader(client.epoch)
    if (this.#wanted.head < this.#headBefore) events.failed(lostStorage(this.#headBefore, this.#wanted.head))
    this.#headBefore = 0
    booted.resolve()
  }

  /** One reconcile for everything that arrives in one burst. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#state.options.clock.soon(() => {
      this.#scheduled = false
      if (!this.#state.closed) this.#reconcile()
    })
  }

  #reconcile(): boolean {
    const state = this.#state
    const { events } = state
    const { target, tidings } = this.#wanted.take()
    const whole = state.orLost(() => {
      const done = this.#rebase?.reconcile(target)
      if (done && done.undone.length > 0) events.rebase(done)
    })
    for (const id of tidings.confirmed) this.#verdicts.confirm(id)
    for (const rejected of tidings.rejected) {
      const [id = ''] = rejected.ids
      const isOwn = this.#verdicts.reject(id, rejected.error)
      events.rejected(rejected, isOwn)
      const copied = isOwn && rejected.error.code === 'sync/id-conflict'
      if (copied && id.startsWith(`${state.sessionId}.`)) this.#rename()
    }
    if (tidings.quarantined.length > 0) events.quarantined(tidings.quarantined)
    this.#streams.wake()
    events.changed()
    return whole
  }
}

function rebaseOf({ standing }: Replica): Rebase {
  return new Rebase(standing, { undo: new SavepointUndo(standing), skip: commutingSkip })
}
