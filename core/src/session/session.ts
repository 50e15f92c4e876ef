import type { Clock, Random } from '../base/clock.ts'
import { deferred } from '../base/deferred.ts'
import { StoreError } from '../base/errors.ts'
import type { Commit, ConfirmedEvent } from '../protocol/event-record.ts'
import type {
  LeaderMessage,
  LeaderStatus,
  QuarantinedCommit,
  RejectedCommit,
  SessionMessage,
  TokenReason,
} from '../protocol/leader-messages.ts'
import type { Rebase } from '../replica/rebase.ts'
import type { Replica } from '../replica/replica.ts'
import type { Reconciled } from '../replica/target.ts'
import type { NewEvent } from '../schema/event.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { EventReads } from './event-reads.ts'
import { LeaderClient, type SessionChannel } from './leader-client.ts'
import { newCommit } from './new-commit.ts'
import { Outbox } from './outbox.ts'
import { OwnCommits } from './own-commits.ts'
import { doneReceipt, type Receipt } from './receipt.ts'
import { ReplicaBuild, type ReplicaSource } from './replica-build.ts'
import { asStoreError, lostStorage } from './session-errors.ts'
import { Wanted } from './wanted.ts'

export interface SessionOptions extends ReplicaSource {
  readonly channel: SessionChannel
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
type Hello = Extract<SessionMessage, { type: 'hello' }>

/**
 * The UI-thread side of a store: owns the in-memory replica, commits to it at once, and follows the leader.
 * What is wanted in the replica is always `confirmed ++ leader's pending ++ own unacked`; each burst from the leader
 * changes the lists, and one reconcile brings the replica there.
 */
export class Session {
  #sessionId: string
  readonly #options: SessionOptions
  readonly #events: SessionEvents
  readonly #client: LeaderClient
  readonly #own = new OwnCommits()
  readonly #wanted = new Wanted(this.#own)
  readonly #booted = deferred<void>()
  #replica: Replica | null = null
  #rebase: Rebase | null = null
  #driver: SqliteDriver | null = null
  /** Databases of earlier replicas, until the live queries have moved. */
  readonly #retired: SqliteDriver[] = []
  /** The replica after this one, while the pages that it is folded from arrive. */
  #build: ReplicaBuild | null = null
  /** The replica is a new one that nobody was told of. */
  #replaced = false
  #dbId: string | null = null
  #clientId = ''
  #n = 0
  /** Highest head that a commit was made at: lost storage sets the head back, and no parent (rule LOG-4). */
  #parent = 0
  #scheduled = false
  readonly #outbox = new Outbox(() => this.#flushOutbox())
  readonly #reads = new EventReads((read) => this.#client.send(read))
  /** Head of the replica that is being replaced: reads never go behind it unnoticed (rule SESS-1). */
  #headBefore = 0
  #closed = false

  constructor(options: SessionOptions, events: SessionEvents) {
    this.#options = options
    this.#events = events
    this.#sessionId = options.random.id()
    this.#client = new LeaderClient({
      channel: options.channel,
      clock: options.clock,
      hello: () => this.#hello(),
      receive: (message) => this.#receive(message),
      advance: (advance) => {
        if (this.#wanted.advance(advance)) this.#schedule()
        else this.#client.greet()
      },
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

  /** What the next commit is made under. */
  get sessionId(): string {
    return this.#sessionId
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
    return this.#wanted.pendingEvents + this.#own.unackedEvents
  }

  /** The commits of those events, in the order in which they are applied. */
  get pending(): readonly Commit[] {
    return [...this.#wanted.pending, ...this.#own.unacked]
  }

  /** Since when the leader owes an answer; null when it does not. */
  get waitingSince(): number | null {
    return this.#client.waitingSince
  }

  /** Own commits that the leader has not acked, or, with `unconfirmed`, that are not confirmed; in the order they were made. */
  unacked(options: { readonly unconfirmed?: boolean } = {}): { readonly commit: Commit; readonly local: boolean }[] {
    return options.unconfirmed ? this.#own.openInOrder() : this.#own.unackedInOrder()
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
    this.#parent = Math.max(this.#parent, replica.head)
    const author = {
      clientId: this.#clientId,
      sessionId: this.sessionId,
      parent: this.#parent,
      at: this.#options.clock.now(),
    }
    const { commit, local } = newCommit(this.#options.schema, events, author, this.#n + 1)
    if (commit.length === 0) return doneReceipt()
    const firstUnacked = this.#own.allAreAcked
    // Before it is applied: a subscriber that commits while it hears of this one comes second.
    this.#n += commit.length
    const own = this.#own.add(commit, local)
    this.#outbox.add(own)
    try {
      replica.append(commit, { local, firstUnacked, twice: this.#options.development })
    } catch (thrown) {
      this.#own.withdraw(own)
      this.#outbox.withdraw(own)
      this.#n -= commit.length
      throw thrown
    }
    this.#events.changed()
    return own.receipt
  }

  /** All commits of this session confirmed or rejected. */
  settled(): Promise<void> {
    return this.#own.settled()
  }

  /** A page of confirmed events after `after`; none once the session is closed. */
  read(after: number, limit: number): Promise<readonly ConfirmedEvent[]> {
    return this.#reads.page(after, limit)
  }

  /** Gives the leader a token that it has not asked for. */
  renewToken(token: string): void {
    this.#client.send({ type: 'token', token, renewed: true })
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
    const error = new StoreError(
      'store/closed',
      'The store was closed before this commit was confirmed; it is kept on this client if it was acked.',
    )
    this.#own.abandon(error)
    this.#reads.close()
    this.#booted.reject(error)
    this.#replica?.close()
    this.#discardBuild()
    for (const driver of [...this.#retired.splice(0), this.#driver]) driver?.close()
    this.#replica = null
  }

  #openReplica(): Replica {
    if (this.#replica && !this.#closed) return this.#replica
    throw new StoreError('store/closed', 'The store is closed: it takes no more commits and answers no queries.')
  }

  /** Whoever answers it begins anew: pages of an earlier answer lead nowhere. */
  #hello(): Hello {
    this.#discardBuild()
    const { hash: schemaHash, version } = this.#options.schema
    const { head, localHead } = this.#wanted
    return {
      type: 'hello',
      sessionId: this.#sessionId,
      dbId: this.#dbId,
      head,
      localHead,
      schemaHash,
      version,
      made: this.#n,
      unconfirmed: this.#own.asked,
    }
  }

  #flushOutbox(): void {
    // Before the hello is answered nobody knows what the leader holds; the answer refills the outbox in the order of making.
    if (!this.#client.answered) return
    for (const message of this.#outbox.take(this.#client.leader)) this.#client.send(message)
  }

  #receive(message: Exclude<LeaderMessage, { type: 'announce' | 'advance' }>): void {
    switch (message.type) {
      case 'snapshot':
        return this.#orLost(() => this.#takeSnapshot(message))
      case 'log':
        return this.#orLost(() => this.#takeLog(message))
      case 'events':
        return this.#reads.answer(message)
      case 'token-needed':
        this.#events.token(message.reason).then(
          (token) => this.#client.send({ type: 'token', token }),
          (thrown) => {
            const error = asStoreError(thrown, 'sync/unauthorized', 'The auth callback failed')
            this.#client.send({ type: 'token', token: null, error: error.toJSON() })
            this.#events.failed(error)
          },
        )
        return
      case 'taken':
        if (message.sessionId === this.#sessionId) this.#rename()
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

  /** Another session bears our id. What is made keeps its ids; what comes gets ids of its own. */
  #rename(): void {
    this.#sessionId = this.#options.random.id()
    this.#n = 0
    this.#client.greet()
  }

  #takeSnapshot(snapshot: Snapshot): void {
    this.#replaceReplica(ReplicaBuild.fromSnapshot(this.#options, snapshot))
    if (!this.#wanted.confirm(snapshot.confirmed)) return this.#client.greet()
    this.#answered(snapshot)
  }

  #takeLog(log: Log): void {
    // Another database, or one that is behind us, is folded from its beginning. What begins later in the local log is a late answer.
    const localAfter = log.localHead - log.local.length
    if (log.after === 0 && localAfter === 0 && (log.dbId !== this.#dbId || this.#wanted.head > 0)) {
      this.#discardBuild()
      this.#build = ReplicaBuild.fromLog(this.#options, log.dbId)
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
    if (log.dbId !== this.#dbId) return
    if (!this.#wanted.confirm(log.events)) return this.#client.greet()
    if (log.more) this.#reconcile()
    else this.#answered(log)
  }

  #replaceReplica(build: ReplicaBuild): void {
    this.#retired.push(...(this.#driver ? [this.#driver] : []))
    this.#replica?.close()
    this.#driver = build.driver
    this.#replica = build.replica
    this.#rebase = build.rebase
    this.#replaced = true
    this.#dbId = build.dbId
    this.#headBefore = Math.max(this.#headBefore, this.#wanted.head)
    this.#wanted.reset(build.replica.head, build.localHead)
  }

  #discardBuild(): void {
    this.#build?.discard()
    this.#build = null
  }

  /** The answer to a hello is whole. */
  #answered(answer: Snapshot | Log): void {
    this.#clientId = answer.clientId
    this.#wanted.answer(answer)
    this.#outbox.replace(this.#own.unackedInOrder())
    if (!this.#reconcile()) return
    this.#client.greeted()
    this.#flushOutbox()
    this.#reads.askAgain()
    if (this.#replaced && this.#replica) this.#events.replica(this.#replica)
    this.#replaced = false
    for (const driver of this.#retired.splice(0)) driver.close()
    this.#events.leader(this.#client.epoch)
    if (this.#wanted.head < this.#headBefore) this.#events.failed(lostStorage(this.#headBefore, this.#wanted.head))
    this.#headBefore = 0
    this.#booted.resolve()
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

  #reconcile(): boolean {
    let whole = true
    const { target, tidings } = this.#wanted.take()
    try {
      const done = this.#rebase?.reconcile(target)
      if (done && done.undone.length > 0) this.#events.rebase(done)
    } catch (thrown) {
      whole = false
      this.#replicaLost(thrown)
    }
    for (const id of tidings.confirmed) this.#own.confirm(id)
    for (const rejected of tidings.rejected) {
      const [id = ''] = rejected.ids
      const own = this.#own.reject(id, rejected.error)
      this.#events.rejected(rejected, own)
      const copied = own && rejected.error.code === 'sync/id-conflict'
      if (copied && id.startsWith(`${this.#sessionId}.`)) this.#rename()
    }
    if (tidings.quarantined.length > 0) this.#events.quarantined(tidings.quarantined)
    this.#events.changed()
    return whole
  }

  #orLost(run: () => void): void {
    try {
      run()
    } catch (thrown) {
      this.#replicaLost(thrown)
    }
  }

  /** The replica's database failed: the leader gives another. */
  #replicaLost(thrown: unknown): void {
    this.#dbId = null
    this.#events.failed(asStoreError(thrown, 'storage/io', 'The replica failed'))
    this.#client.greetLater()
  }
}
