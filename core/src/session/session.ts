import type { Clock, Random } from '../base/clock.ts'
import { deferred } from '../base/deferred.ts'
import { messageOf, StoreError } from '../base/errors.ts'
import { confirmEvent } from '../protocol/event-codec.ts'
import { type Commit, type ConfirmedEvent, type EventId, type EventRecord, splitCommits } from '../protocol/event-record.ts'
import type { LeaderMessage, LeaderStatus, QuarantinedCommit, RejectedCommit, TokenReason } from '../protocol/leader-messages.ts'
import { ChangeCollector } from '../replica/change-collector.ts'
import { CommitQueue } from '../replica/commit-queue.ts'
import { Replica } from '../replica/replica.ts'
import { SavepointUndo } from '../replica/savepoint-undo.ts'
import { createStateTables } from '../replica/state-tables.ts'
import type { Reconciled } from '../replica/target.ts'
import type { NewEvent } from '../schema/event.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { LeaderClient, type SessionChannel } from './leader-client.ts'
import { newCommit } from './new-commit.ts'
import { OwnCommits } from './own-commits.ts'
import { doneReceipt, type Receipt } from './receipt.ts'

export interface SessionOptions {
  readonly schema: AnySchema
  readonly channel: SessionChannel
  /** Opens an empty in-memory database with a row hook: the replica. */
  readonly openReplica: () => SqliteDriver
  readonly clock: Clock
  readonly random: Random
  /** Runs each materializer twice at commit (rule STATE-4). */
  readonly development: boolean
}

/** What a session tells its store. All are called after the replica is whole. */
export interface SessionEvents {
  /** Another replica took the place of the one before (a first or a new snapshot). */
  replica(replica: Replica): void
  rebase(done: Reconciled): void
  rejected(commit: RejectedCommit, own: boolean): void
  quarantined(commits: readonly QuarantinedCommit[]): void
  /** The leader changed. */
  leader(epoch: number): void
  status(status: LeaderStatus): void
  failed(error: StoreError): void
  token(reason: TokenReason): Promise<string | null>
  /** Heads, pending or waits changed. */
  changed(): void
}

type Snapshot = Extract<LeaderMessage, { type: 'snapshot' }>
type Log = Extract<LeaderMessage, { type: 'log' }>
type Advance = Extract<LeaderMessage, { type: 'advance' }>
type EventsPage = Extract<LeaderMessage, { type: 'events' }>

/** What the leader told and the replica has not yet taken in. */
interface Burst {
  confirmed: Commit<ConfirmedEvent>[]
  local: Commit[]
  /** Run after the reconcile, when what they tell of is in the state. */
  then: (() => void)[]
}

/**
 * The UI-thread side of a store: owns the in-memory replica, commits to it at once, and follows the leader.
 * What is wanted in the replica is always `confirmed ++ leader's pending ++ own unacked`; each burst from the leader
 * changes the lists, and one reconcile brings the replica there.
 */
export class Session {
  readonly sessionId: string
  readonly #options: SessionOptions
  readonly #events: SessionEvents
  readonly #client: LeaderClient
  readonly #own = new OwnCommits()
  readonly #booted = deferred<void>()
  #replica: Replica | null = null
  #driver: SqliteDriver | null = null
  #dbId: string | null = null
  #clientId = ''
  /** Told confirmed, perhaps not yet in the replica. */
  #head = 0
  #localHead = 0
  #pending = new CommitQueue([])
  #n = 0
  #burst: Burst = { confirmed: [], local: [], then: [] }
  #scheduled = false
  #outbox: { commit: Commit; local: boolean }[] = []
  #sendScheduled = false
  readonly #reads = new Map<number, (page: EventsPage) => void>()
  #ref = 0
  #closed = false

  constructor(options: SessionOptions, events: SessionEvents) {
    this.#options = options
    this.#events = events
    this.sessionId = options.random.id()
    this.#client = new LeaderClient({
      channel: options.channel,
      clock: options.clock,
      hello: () => ({
        type: 'hello',
        sessionId: this.sessionId,
        dbId: this.#dbId,
        head: this.#head,
        localHead: this.#localHead,
        schemaHash: options.schema.hash,
        version: options.schema.version,
        unconfirmed: this.#own.ids,
      }),
      receive: (message) => this.#receive(message),
      advance: (advance) => this.#advance(advance),
      changed: () => events.changed(),
    })
  }

  /** Resolves with the first replica; rejects when the leader cannot open the store. */
  get booted(): Promise<void> {
    return this.#booted.promise
  }

  get clientId(): string {
    return this.#clientId
  }

  get epoch(): number {
    return this.#client.epoch
  }

  /** Last confirmed `seq` in the replica. */
  get head(): number {
    return this.#replica?.head ?? 0
  }

  /** Events of this client that wait for their place in the order, as far as this session knows. */
  get pendingEvents(): number {
    return this.#pending.size + this.#own.unacked.size
  }

  /** Since when the leader owes an answer; null when it does not. */
  get waitingSince(): number | null {
    return this.#client.waitingSince
  }

  get evaluating(): boolean {
    return this.#replica?.evaluating ?? false
  }

  /**
   * Applies the events to the replica as one commit, and sends it on its way.
   *
   * @throws StoreError when a part of it is invalid, too large, or fails to apply: nothing has happened then.
   */
  commit(events: readonly NewEvent[]): Receipt {
    const replica = this.#openReplica()
    const author = { clientId: this.#clientId, sessionId: this.sessionId, parent: replica.head, at: this.#options.clock.now() }
    const { commit, local } = newCommit(this.#options.schema, events, author, this.#n + 1)
    if (commit.length === 0) return doneReceipt()
    const firstUnacked = this.#own.unacked.size === 0 && this.#own.unackedLocal.size === 0
    // Before it is applied: a subscriber that commits while it hears of this one comes second.
    this.#n += commit.length
    const receipt = this.#own.add(commit, local)
    this.#send(commit, local)
    try {
      replica.append(commit, { local, firstUnacked, twice: this.#options.development })
    } catch (thrown) {
      this.#own.withdraw(commit)
      this.#outbox = this.#outbox.filter((entry) => entry.commit !== commit)
      this.#n -= commit.length
      throw thrown
    }
    this.#events.changed()
    return receipt
  }

  /** All commits of this session confirmed or rejected. */
  settled(): Promise<void> {
    return this.#own.settled()
  }

  /** A page of confirmed events after `after`. */
  read(after: number, limit: number): Promise<EventsPage> {
    const ref = ++this.#ref
    return new Promise((resolve) => {
      this.#reads.set(ref, resolve)
      this.#client.send({ type: 'read', ref, after, limit })
    })
  }

  /** Gives the leader a token that it has not asked for. */
  renewToken(token: string): void {
    this.#client.send({ type: 'token', token })
  }

  /** Sends what is not sent, and waits until the leader has it (up to `patience` ms). */
  async flush(patience: number): Promise<void> {
    this.#flushOutbox()
    const late = deferred<void>()
    const cancel = this.#options.clock.after(patience, late.resolve)
    await Promise.race([this.#own.allAcked(), late.promise])
    cancel()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#flushOutbox()
    this.#client.close()
    const error = new StoreError('store/closed', 'The store was closed before this commit was confirmed; it is kept on this client if it was acked.')
    this.#own.abandon(error)
    this.#booted.reject(error)
    this.#replica?.close()
    this.#driver?.close()
    this.#replica = null
  }

  #openReplica(): Replica {
    if (this.#replica && !this.#closed) return this.#replica
    throw new StoreError('store/closed', 'The store is closed: it takes no more commits and answers no queries.')
  }

  #send(commit: Commit, local: boolean): void {
    this.#outbox.push({ commit, local })
    if (this.#sendScheduled) return
    this.#sendScheduled = true
    // Commits of one turn travel together.
    Promise.resolve().then(() => this.#flushOutbox())
  }

  #flushOutbox(): void {
    this.#sendScheduled = false
    // Before the hello is answered nobody knows what the leader holds; the answer refills the outbox in the order of making.
    if (!this.#client.answered) return
    const outbox = this.#outbox
    this.#outbox = []
    for (let i = 0; i < outbox.length; ) {
      const local = outbox[i]?.local ?? false
      const events: EventRecord[] = []
      for (; i < outbox.length && outbox[i]?.local === local; i++) events.push(...(outbox[i]?.commit ?? []))
      this.#client.send({ type: 'commit', local, events })
    }
  }

  #receive(message: Exclude<LeaderMessage, { type: 'announce' | 'advance' }>): void {
    switch (message.type) {
      case 'snapshot':
        return this.#takeSnapshot(message)
      case 'log':
        return this.#takeLog(message)
      case 'events':
        this.#reads.get(message.ref)?.(message)
        this.#reads.delete(message.ref)
        return
      case 'token-needed':
        this.#events.token(message.reason).then(
          (token) => this.#client.send({ type: 'token', token }),
          (thrown) => this.#events.failed(thrown),
        )
        return
      case 'status':
        return this.#events.status(message.status)
      case 'failed': {
        const error = StoreError.from(message.error)
        if (error.retry !== 'restart') this.#booted.reject(error)
        return this.#events.failed(error)
      }
    }
  }

  #takeSnapshot(snapshot: Snapshot): void {
    const driver = this.#options.openReplica()
    driver.deserialize(snapshot.bytes)
    const replica = this.#newReplica(driver, snapshot.base)
    this.#localHead = snapshot.localHead
    this.#replaceReplica(driver, replica, snapshot.dbId)
    this.#answer(snapshot, splitCommits(snapshot.confirmed).commits, [])
  }

  #takeLog(log: Log): void {
    const fresh = log.dbId !== this.#dbId && log.after === 0
    if (fresh) {
      const driver = this.#options.openReplica()
      createStateTables(driver, this.#options.schema)
      this.#localHead = 0
      this.#replaceReplica(driver, this.#newReplica(driver, 0), log.dbId)
    }
    const news = log.events.filter((event) => event.seq > this.#head)
    if (news[0] && news[0].seq !== this.#head + 1) return this.#client.greet()
    const { commits } = splitCommits(news)
    if (!log.more) {
      this.#localHead = log.localHead
      this.#answer(log, commits, splitCommits(log.local).commits)
      return
    }
    this.#head = news.at(-1)?.seq ?? this.#head
    this.#burst.confirmed.push(...commits)
    this.#reconcile()
  }

  #newReplica(driver: SqliteDriver, base: number): Replica {
    const { schema } = this.#options
    return new Replica({ driver, schema, base, undo: new SavepointUndo(driver), changes: new ChangeCollector(driver, schema) })
  }

  #replaceReplica(driver: SqliteDriver, replica: Replica, dbId: string): void {
    this.#retired = this.#driver
    this.#driver = driver
    this.#replica?.close()
    this.#replica = replica
    this.#dbId = dbId
    this.#head = replica.head
    this.#pending = new CommitQueue([])
    this.#burst = { confirmed: [], local: [], then: this.#burst.then }
  }

  /** The last part of a hello's answer: what is pending, and what became of our commits. */
  #answer(answer: Snapshot | Log, confirmed: readonly Commit<ConfirmedEvent>[], local: readonly Commit[]): void {
    this.#clientId = answer.clientId
    this.#head += confirmed.reduce((sum, commit) => sum + commit.length, 0)
    this.#pending = new CommitQueue(splitCommits(answer.pending).commits)
    const { then } = this.#burst
    const unknown = new Set<EventId>()
    for (const outcome of answer.outcomes) {
      const { id } = outcome
      if (outcome.state === 'rejected') this.#rejected({ ids: [id], error: outcome.error })
      else if (outcome.state === 'unknown') unknown.add(id)
      else this.#own.ack(id)
      if (outcome.state === 'confirmed') then.push(() => this.#own.confirm(id))
    }
    this.#own.unack(unknown)
    this.#outbox = this.#own.unackedInOrder()
    this.#burst.confirmed.push(...confirmed)
    this.#burst.local.push(...local)
    this.#reconcile()
    this.#client.greeted()
    this.#flushOutbox()
    if (this.#retired !== undefined) {
      if (this.#replica) this.#events.replica(this.#replica)
      this.#retired?.close()
      this.#retired = undefined
    }
    this.#events.leader(this.#client.epoch)
    this.#booted.resolve()
  }

  /** The database of the replica before this one, until live queries have moved; null when there was none. */
  #retired: SqliteDriver | null | undefined

  #advance(advance: Advance): void {
    if (advance.after !== this.#head || !this.#holdsAll(advance)) return this.#client.greet()
    const gone = new Set<Commit>()
    const { then } = this.#burst
    for (const commit of splitCommits(advance.pendingAdded.map((told) => this.#event(told))).commits) {
      const own = this.#own.commit(firstId(commit))?.commit
      this.#own.ack(firstId(commit))
      this.#pending.add(own ?? commit)
    }
    const confirmed = advance.confirmed.map((told, i) =>
      typeof told === 'string' ? confirmEvent(this.#event(told), advance.after + 1 + i) : told,
    )
    for (const commit of splitCommits(confirmed).commits) {
      const id = firstId(commit)
      const pending = this.#pending.commitOf(id)
      if (pending) gone.add(pending)
      this.#own.ack(id)
      then.push(() => this.#own.confirm(id))
      this.#burst.confirmed.push(commit)
    }
    for (const rejection of advance.rejected) {
      const pending = this.#pending.commitOf(rejection.ids[0] ?? '')
      if (pending) gone.add(pending)
      this.#rejected(rejection)
    }
    for (const commit of splitCommits(advance.local.map((told) => this.#event(told))).commits) {
      this.#own.ack(firstId(commit))
      this.#burst.local.push(commit)
    }
    if (advance.quarantined.length > 0) then.push(() => this.#events.quarantined(advance.quarantined))
    this.#pending.remove(gone)
    this.#head += confirmed.length
    this.#localHead = advance.localHead
    this.#schedule()
  }

  #rejected(rejection: RejectedCommit): void {
    const [id = ''] = rejection.ids
    this.#own.retract(id)
    this.#burst.then.push(() => this.#events.rejected(rejection, this.#own.reject(id, rejection.error)))
  }

  /** Every event that is told by its id is here. */
  #holdsAll(advance: Advance): boolean {
    const told = [...advance.pendingAdded, ...advance.confirmed, ...advance.local]
    const added = new Set(advance.pendingAdded.map((event) => (typeof event === 'string' ? event : event.id)))
    return told.every((event) => typeof event !== 'string' || added.has(event) || this.#find(event) !== undefined)
  }

  #event<E extends EventRecord>(told: E | EventId): EventRecord {
    if (typeof told !== 'string') return told
    return this.#find(told) as EventRecord
  }

  #find(id: EventId): EventRecord | undefined {
    return this.#pending.event(id) ?? this.#own.event(id)
  }

  /** One reconcile for everything that arrives in one burst. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#options.clock.soon(() => {
      this.#scheduled = false
      if (!this.#closed) this.#reconcile()
    })
  }

  #reconcile(): void {
    const { confirmed, local, then } = this.#burst
    this.#burst = { confirmed: [], local: [], then: [] }
    try {
      const done = this.#replica?.reconcile({
        confirmed,
        local,
        pending: this.#pending.commits,
        unacked: this.#own.unacked.commits,
        unackedLocal: this.#own.unackedLocal.commits,
      })
      if (done && done.undone > 0) this.#events.rebase(done)
    } catch (thrown) {
      this.#replicaLost(thrown)
    }
    for (const tell of then) tell()
    this.#events.changed()
  }

  /** The replica's database failed: the leader gives another. */
  #replicaLost(thrown: unknown): void {
    this.#dbId = null
    this.#events.failed(thrown instanceof StoreError ? thrown : new StoreError('storage/io', `The replica failed: ${messageOf(thrown)}`, { cause: thrown }))
    this.#client.greet()
  }
}

function firstId(commit: Commit): EventId {
  return (commit[0] as EventRecord).id
}
