import type { ReadonlySignal } from '@preact/signals-core'
import { createNanoEvents } from 'nanoevents'
import { DEVELOPMENT } from '../base/development.ts'
import { messageOf, StoreError } from '../base/errors.ts'
import type { Commit, ConfirmedEvent, EventId, EventRecord } from '../protocol/event-record.ts'
import type { QuarantinedCommit, TokenReason } from '../protocol/leader-messages.ts'
import type { ObserverHost } from '../query/observer.ts'
import { QueryEngine } from '../query/query-engine.ts'
import type { Replica } from '../replica/replica.ts'
import type { NewEvent } from '../schema/event.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { Receipt } from '../session/receipt.ts'
import { Session } from '../session/session.ts'
import type { ResultOf } from '../sql/query.ts'
import type { ReplicaDriver } from '../sqlite/driver.ts'
import type { AdapterConnection } from './adapter.ts'
import { LateParts } from './late-parts.ts'
import type { StatusSignals, StoreStatus } from './status.ts'

/** How long `close` waits for the leader to take the last commits, ms. */
const CLOSE_PATIENCE = 5_000

/** What `store.on` tells of. */
export interface StoreEventMap {
  /** A commit was taken out of pending: by its materializer at the leader, or by the server. `own`: of this session. */
  rejected: (event: { ids: readonly EventId[]; error: StoreError; own: boolean }) => void
  /** Confirmed commits whose materializers throw: they stay in the log without effect. */
  quarantined: (commits: readonly QuarantinedCommit[]) => void
  /** Another leader is in office. */
  leader: (event: { epoch: number }) => void
  /** Pending commits were undone; `replayed` is what was run in their place, in the new order. */
  rebase: (event: { undone: readonly Commit[]; replayed: readonly Commit[] }) => void
  /** State is being rebuilt from the log; share done, 0 … 1. */
  rebuild: (event: { done: number }) => void
  /** Something failed that no caller could be told of. What a subscriber throws while nobody listens here becomes an unhandled rejection. */
  error: (error: StoreError) => void
}

/** A store whose schema the types know: the names of tables and events that `store.schema.definitions` holds. */
export type StoreOf<S extends AnySchema> = Store & { readonly schema: S }

/** Asked for a token at connect and at renewal. `null`: connect without one. */
export type Auth = (request: { reason: TokenReason }) => Promise<string | null> | string | null

export interface StoreOptions {
  readonly storeId: string
  readonly schema: AnySchema
  readonly connection: AdapterConnection
  readonly development: boolean
  readonly auth?: Auth | undefined
  readonly status: StatusSignals
}

/**
 * An app's state: commit events, read with queries, hear of changes. Made by `createStore`.
 *
 * @example
 * store.commit(events.todoCreated({ id, title }))
 * const stop = store.subscribe(todos.where({ done: false }), (rows) => render(rows))
 */
export class Store {
  readonly storeId: string
  readonly schema: AnySchema
  readonly #options: StoreOptions
  readonly #session: Session
  readonly #status: StatusSignals
  readonly #emitter = createNanoEvents<StoreEventMap>()
  readonly #parts: LateParts
  #queries: QueryEngine | null = null
  #replica: Replica | null = null
  #epoch = 0
  /** What `renewToken` gave: asked for again where there is no `auth`. */
  #renewed: string | null = null
  /** A commit is being made: whoever listens hears of it, and may commit, when it is. */
  #committing = false
  #closing: Promise<void> | null = null

  /** @internal Apps call `createStore`. */
  constructor(options: StoreOptions) {
    const { schema, connection, development } = options
    this.storeId = options.storeId
    this.schema = schema
    this.#options = options
    this.#status = options.status
    const { channel, clock, random } = connection
    this.#parts = new LateParts(connection.parts, clock, {
      arrived: () => {
        this.#show(() => this.#status.lacks(null))
        this.#session.complete()
      },
      failed: (error) => this.#show(() => this.#status.lacks(error)),
    })
    this.#session = new Session(
      {
        schema,
        channel,
        openReplica: () => connection.openReplica(),
        parts: () => this.#parts.loaded,
        clock,
        random,
        development,
      },
      {
        replica: (replica) => this.#useReplica(replica),
        rebase: ({ undone, replayed }) => this.#emit('rebase', { undone, replayed }),
        rejected: ({ ids, error }, own) => this.#emit('rejected', { ids, error: StoreError.from(error), own }),
        quarantined: (commits) => this.#emit('quarantined', commits),
        leader: (epoch) => this.#leader(epoch),
        status: (status) => {
          this.#show(() => this.#status.fromLeader(status))
          if (status.rebuild !== null) this.#emit('rebuild', { done: status.rebuild })
          this.#changed()
        },
        failed: (error) => {
          this.#show(() => {
            this.#status.error.value = error
          })
          this.#emit('error', error)
        },
        token: async (reason) => (options.auth ? await options.auth({ reason }) : this.#renewed),
        changed: () => this.#changed(),
      },
    )
    connection.attach?.({
      unacked: (which) => this.#session.unacked(which).map(({ commit, local }) => ({ local, events: commit })),
      hasUnacked: (which) => this.#session.hasUnacked(which),
      wait: (waits) => this.#show(() => this.#status.fromPlatform(waits)),
    })
  }

  /** @internal */
  get booted(): Promise<void> {
    return this.#session.booted
  }

  /** Random at each boot; the first part of the ids of this session's events. */
  get sessionId(): string {
    return this.#session.sessionId
  }

  /** Stored with the database: the same for all sessions and boots of this client. */
  get clientId(): string {
    return this.#session.clientId
  }

  get status(): StoreStatus {
    return this.#status
  }

  /**
   * Applies events at once, all or none, and sends them on their way: durable on this client (`receipt.acked`), then at their place in
   * the global order (`receipt.confirmed`).
   *
   * @throws StoreError `event/*`, `materializer/*`: nothing was applied; `store/reentrant`, `store/closed`.
   *
   * @example
   * const receipt = store.commit(events.todoCreated({ id, title }), events.todoToggled({ id, done: true }))
   * await receipt.confirmed
   */
  commit(...events: readonly NewEvent[]): Receipt {
    const queries = this.#open()
    if (this.#committing || queries.evaluating || this.#session.evaluating) {
      throw new StoreError(
        'store/reentrant',
        'A query, computed, materializer or schema of an event is evaluating: commit after it, from an effect or an event handler.',
      )
    }
    return queries.batch(() => {
      this.#committing = true
      try {
        return this.#session.commit(events)
      } finally {
        this.#committing = false
      }
    })
  }

  /**
   * The current value of a query, read synchronously.
   *
   * @throws StoreError `query/invalid`, `store/closed`
   */
  query<Q>(query: Q): ResultOf<Q> {
    return this.#open().query(query)
  }

  /** Calls `listener` at once and after every change of the query's value. Returns the end of it. */
  subscribe<Q>(query: Q, listener: (value: ResultOf<Q>) => void, options?: { immediate?: boolean }): () => void {
    if (DEVELOPMENT) checkListener(listener, 'subscribe(query, listener)')
    return this.#open().subscribe(query, listener, options)
  }

  /** @internal What observers follow; closed with the store. */
  get queries(): ObserverHost | null {
    return this.#queries
  }

  /** @internal @throws StoreError `store/closed` */
  get openQueries(): QueryEngine {
    return this.#open()
  }

  /** @internal @throws StoreError `store/closed` */
  get driver(): ReplicaDriver {
    this.#open()
    return (this.#replica as Replica).driver
  }

  /** The query as a signal of `@preact/signals-core`. */
  signal<Q>(query: Q): ReadonlySignal<ResultOf<Q>> {
    return this.#open().signal(query)
  }

  /** Resolves when every commit of this session is confirmed or rejected. Rejects with `store/closed` when the store is closed before. */
  settled(): Promise<void> {
    return this.#session.settled()
  }

  /**
   * Confirmed events in order, from the log and then live, until the store is closed.
   *
   * @param options.after the `seq` to begin after; 0 is the beginning.
   */
  events(options: { after?: number } = {}): AsyncGenerator<ConfirmedEvent, void, undefined> {
    this.#open()
    return this.#session.log(options.after ?? 0)
  }

  /**
   * The events that `status.pending` counts, of all tabs, in the order in which they are applied: those that have no place in the global
   * order yet.
   */
  pending(): readonly EventRecord[] {
    return this.#session.pending.flat()
  }

  /** Hears of what happens beside queries. Returns the end of it. */
  on<E extends keyof StoreEventMap>(event: E, listener: StoreEventMap[E]): () => void {
    if (DEVELOPMENT) checkListener(listener, 'on(event, listener)', event)
    return this.#emitter.on(event, listener)
  }

  /**
   * Gives the leader a new token: before the old one is refused, after it was, or to come back as somebody else. At the next connect
   * `auth` is asked, where there is one.
   */
  renewToken(token: string): void {
    this.#renewed = token
    this.#session.renewToken(token)
  }

  /** Hands the last commits to the leader (waits 5 s at most), then lets go of everything. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#session.flush(CLOSE_PATIENCE)
    this.#queries?.close()
    this.#parts.close()
    this.#session.close()
    this.#show(() => this.#status.closed())
    await this.#options.connection.close()
  }

  #open(): QueryEngine {
    if (this.#queries && !this.#closing) return this.#queries
    throw new StoreError('store/closed', `Store ${this.storeId} is closed. Open it again with createStore.`)
  }

  #useReplica(replica: Replica): void {
    this.#replica = replica
    if (this.#queries) this.#queries.rebind(replica)
    else {
      const { development, connection } = this.#options
      const { clock } = connection
      const report = (error: unknown, label: string) => this.#report(error, label)
      // Timed for the inspector alone: the clock costs a part of what a point read does.
      const now = () => clock.monotonic()
      this.#queries = new QueryEngine(replica, {
        report,
        parts: () => this.#parts.loaded,
        ...(DEVELOPMENT && development && { now }),
      })
    }
  }

  #leader(epoch: number): void {
    if (epoch === this.#epoch) return
    this.#epoch = epoch
    this.#emit('leader', { epoch })
  }

  #report(thrown: unknown, label: string): void {
    const error =
      thrown instanceof StoreError
        ? thrown
        : new StoreError('query/invalid', `A subscriber or effect threw (${label}): ${messageOf(thrown)}`, {
            cause: thrown,
            details: { label },
          })
    // A fault of the app that nobody listens for must not pass unseen: it surfaces as any uncaught error does.
    if (this.#emitter.events.error?.length) this.#emit('error', error)
    else void Promise.reject(error)
  }

  /** Tells all listeners: what one of them throws is its own, and keeps nobody from the news or the session from its work. */
  #emit<E extends keyof StoreEventMap>(event: E, news: Parameters<StoreEventMap[E]>[0]): void {
    const listeners = this.#emitter.events[event] as readonly ((of: typeof news) => void)[] | undefined
    for (const listener of listeners ?? []) {
      try {
        listener(news)
      } catch (thrown) {
        if (event === 'error') void Promise.reject(thrown)
        else this.#report(thrown, event)
      }
    }
  }

  /** Changes the status. What an effect of the app throws at that is reported. */
  #show(change: () => void): void {
    try {
      change()
    } catch (thrown) {
      this.#report(thrown, 'status')
    }
  }

  #changed(): void {
    try {
      this.#status.fromSession(this.#session)
    } catch (thrown) {
      this.#report(thrown, 'status')
    }
    this.#options.connection.changed?.()
  }
}

/** Of `StoreEventMap`. */
const EVENTS = ['rejected', 'quarantined', 'leader', 'rebase', 'rebuild', 'error'] satisfies (keyof StoreEventMap)[]

/** What types tell already, for those who have none. */
function checkListener(listener: unknown, call: string, event: keyof StoreEventMap = 'error'): void {
  if (typeof listener === 'function' && EVENTS.includes(event)) return
  throw new StoreError('query/invalid', misheard(listener, call, event))
}

/** A function, so that what development alone says has no entry among the texts of production. */
function misheard(listener: unknown, call: string, event: string): string {
  if (typeof listener === 'function') return `store.${call} knows no "${event}", only ${EVENTS.join(', ')}.`
  return `store.${call} takes a function that hears the news; it was given ${typeof listener}.`
}
