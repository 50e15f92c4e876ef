import type { Clock, Random } from '../base/clock.ts'
import { deferred } from '../base/deferred.ts'
import { StoreError } from '../base/errors.ts'
import { type Commit, type ConfirmedEvent, splitCommits } from '../protocol/event-record.ts'
import type {
  LeaderMessage,
  LeaderStatus,
  QuarantinedCommit,
  RejectedCommit,
  SessionMessage,
  TokenReason,
} from '../protocol/leader-messages.ts'
import { isEnvironment } from '../replica/materialize.ts'
import type { Replica } from '../replica/replica.ts'
import type { Reconciled } from '../replica/target.ts'
import type { NewEvent } from '../schema/event.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { ReplicaDriver } from '../sqlite/driver.ts'
import type { Following, FollowingParts, LeaderNews } from './following.ts'
import { LeaderClient, type SessionChannel } from './leader-client.ts'
import { newCommit } from './new-commit.ts'
import { doneReceipt, type Receipt } from './receipt.ts'
import { SessionState } from './session-state.ts'
import { snapshotReplica } from './snapshot-replica.ts'

export interface SessionOptions {
  readonly schema: AnySchema
  /** Opens an empty in-memory database with a row hook: the replica. */
  readonly openReplica: () => ReplicaDriver
  readonly channel: SessionChannel
  readonly clock: Clock
  readonly random: Random
  /** Runs each materializer twice at commit (rule STATE-4). */
  readonly development: boolean
  /** Null while their code is on its way; `Session.complete` is to be called when it has come. */
  readonly parts: () => FollowingParts | null
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
type Hello = Extract<SessionMessage, { type: 'hello' }>

/**
 * The UI-thread side of a store: owns the in-memory replica, commits to it at once, and follows the leader. It begins with an image of the state;
 * whatever changes it later is `Following`'s, and waits in order until that is there.
 */
export class Session {
  readonly #state: SessionState
  /** Highest head that a commit was made at: lost storage sets the head back, and no parent (rule LOG-4). */
  #parent = 0
  /** Made for the first message that it takes. */
  #following: Following | null = null
  /** Resolves when its code is there, or the session is closed. */
  readonly #complete = deferred<void>()
  /** What the leader said while the code for it was on its way. Its answer to the first hello at most, and what it says unheard after that. */
  #waiting: LeaderNews[] = []

  constructor(options: SessionOptions, events: SessionEvents) {
    this.#state = new SessionState(
      options,
      events,
      () =>
        new LeaderClient({
          channel: options.channel,
          clock: options.clock,
          hello: () => this.#hello(),
          receive: (message) => this.#receive(message),
          holds: () => this.#waiting.length > 0,
          changed: () => events.changed(),
        }),
    )
    this.complete()
  }

  /** Resolves with the first replica; rejects when the leader cannot open the store. */
  get booted(): Promise<void> {
    return this.#state.booted.promise
  }

  get clientId(): string {
    return this.#state.clientId
  }

  /** What the next commit is made under. */
  get sessionId(): string {
    return this.#state.sessionId
  }

  get epoch(): number {
    return this.#state.client.epoch
  }

  /** Last confirmed `seq` in the replica. */
  get head(): number {
    return this.#state.replica?.head ?? 0
  }

  /** Events of this client that wait for their place in the order, as far as this session knows. */
  get pendingEvents(): number {
    return this.#state.told.pendingEvents + this.#state.own.unackedEvents
  }

  /** The commits of those events, in the order in which they are applied. */
  get pending(): readonly Commit[] {
    return [...this.#state.told.pending, ...this.#state.own.unacked]
  }

  /** Since when the leader owes an answer; null when it does not. */
  get waitingSince(): number | null {
    return this.#state.client.waitingSince
  }

  /** Own commits that the leader has not acked, or, with `unconfirmed`, that are not confirmed; in the order they were made. */
  unacked(options: { readonly unconfirmed?: boolean } = {}): { readonly commit: Commit; readonly local: boolean }[] {
    const { own } = this.#state
    return options.unconfirmed ? own.openInOrder() : own.unackedInOrder()
  }

  /** Whether there are such; asked at each commit, of however many. */
  hasUnacked(options: { readonly unconfirmed?: boolean } = {}): boolean {
    const { own } = this.#state
    return options.unconfirmed ? own.size > 0 : !own.allAreAcked
  }

  get evaluating(): boolean {
    return this.#state.replica?.evaluating ?? false
  }

  /**
   * Applies the events to the replica as one commit, and sends it on its way.
   *
   * @throws StoreError when a part of it is invalid, too large, or fails to apply: nothing has happened then.
   */
  commit(events: readonly NewEvent[]): Receipt {
    const replica = this.#openReplica()
    if (events.length === 0) return doneReceipt()
    const state = this.#state
    const { options, outbox } = state
    this.#parent = Math.max(this.#parent, replica.head)
    const author = {
      clientId: state.clientId,
      sessionId: state.sessionId,
      parent: this.#parent,
      at: options.clock.now(),
    }
    const { commit, local } = newCommit(options.schema, events, author, state.made + 1)
    const firstUnacked = state.own.allAreAcked
    // Before it is applied: a subscriber that commits while it hears of this one comes second.
    state.made += commit.length
    const own = state.own.add(commit, local)
    outbox.add(own)
    try {
      replica.append(commit, { local, firstUnacked, twice: options.development })
    } catch (thrown) {
      state.own.withdraw(own)
      outbox.withdraw(own)
      state.made -= commit.length
      // Where memory runs out SQLite takes back all since base, not this commit alone.
      if (isEnvironment(thrown)) state.lost(thrown)
      throw thrown
    }
    state.events.changed()
    return own.receipt
  }

  /** All commits of this session confirmed or rejected. */
  settled(): Promise<void> {
    return this.#state.own.settled()
  }

  /** Confirmed events after `after`, from the log and then live, until the session is closed. */
  async *log(after: number): AsyncGenerator<ConfirmedEvent, void, undefined> {
    await this.#complete.promise
    if (!this.#state.closed) yield* this.#follow()?.log(after) ?? []
  }

  /** Gives the leader a token that it has not asked for. */
  renewToken(token: string): void {
    this.#state.client.send({ type: 'token', token, renewed: true })
  }

  /** Sends what is not sent, and waits until the leader has it (up to `patience` ms). */
  async flush(patience: number): Promise<void> {
    this.#state.flushOutbox()
    const late = deferred<void>()
    const cancel = this.#state.options.clock.after(patience, late.resolve)
    await Promise.race([this.#state.own.allAcked(), late.promise])
    cancel()
  }

  /** The parts are there: takes up what has waited for them. */
  complete(): void {
    if (!this.#state.options.parts()) return
    this.#complete.resolve()
    for (const message of this.#waiting.splice(0)) this.#follow()?.receive(message)
    const { replica, client } = this.#state
    if (replica && !client.answered) client.greet()
  }

  close(): void {
    const state = this.#state
    if (state.closed) return
    state.closed = true
    state.flushOutbox()
    state.client.close()
    const error = new StoreError(
      'store/closed',
      'The store was closed before this commit was confirmed; it is kept on this client if it was acked.',
    )
    state.own.abandon(error)
    state.booted.reject(error)
    this.#complete.resolve()
    this.#following?.close()
    state.replica?.close()
    state.replica?.driver.close()
    state.replica = null
    this.#waiting = []
  }

  #openReplica(): Replica {
    const { replica, closed } = this.#state
    if (replica && !closed) return replica
    throw new StoreError('store/closed', 'The store is closed: it takes no more commits and answers no queries.')
  }

  /**
   * Whoever answers it begins anew: what came of an earlier answer leads nowhere. Null where a replica is held and the code that would take
   * the answer is on its way.
   */
  #hello(): Hello | null {
    this.#waiting = []
    const { sessionId, dbId, replica, told, made, options } = this.#state
    if (replica && !this.#follow()) return null
    const { hash: schemaHash, version } = options.schema
    const { head, localHead } = told
    return {
      type: 'hello',
      sessionId,
      dbId,
      head,
      localHead,
      schemaHash,
      version,
      made,
      unconfirmed: this.#following?.ask() ?? [],
    }
  }

  #receive(message: Exclude<LeaderMessage, { type: 'announce' }>): void {
    const { events } = this.#state
    switch (message.type) {
      case 'token-needed':
        void this.#complete.promise.then(() => this.#follow()?.giveToken(message.reason))
        return
      case 'status':
        return events.status(message.status)
      case 'failed': {
        const error = StoreError.from(message.error)
        if (error.retry !== 'restart') this.#state.booted.reject(error)
        return events.failed(error)
      }
      default:
        this.#hear(message)
    }
  }

  #hear(message: LeaderNews): void {
    if (message.type === 'snapshot' && !this.#state.replica && !this.#following) {
      this.#state.orLost(() => this.#begin(message))
      return
    }
    const following = this.#follow()
    if (following) following.receive(message)
    else this.#waiting.push(message)
  }

  #follow(): Following | null {
    const parts = this.#state.options.parts()
    if (parts) this.#following ??= new parts.Following(this.#state)
    return this.#following
  }

  /** The first replica. No commit was made before it, so that the answer tells of none. */
  #begin(snapshot: Snapshot): void {
    const state = this.#state
    const { events, client } = state
    const pending = splitCommits(snapshot.pending).commits
    const replica = snapshotReplica(state.options, snapshot, pending)
    state.replica = replica
    state.dbId = snapshot.dbId
    state.clientId = snapshot.clientId
    state.told = { head: replica.head, localHead: snapshot.localHead, pending, pendingEvents: snapshot.pending.length }
    client.greeted()
    events.replica(replica)
    events.leader(client.epoch)
    state.booted.resolve()
  }
}
