import { batch, type ReadonlySignal } from '@preact/signals-core'
import type { ResultOf } from '../sql/query.ts'
import type { LiveQuery } from './live-query.ts'
import { News } from './news.ts'
import type { ObserverHost } from './observer.ts'
import { QueryGraph } from './query-graph.ts'
import type { QueryHost } from './query-host.ts'
import type { QueryNode, QueryParts } from './query-node.ts'
import { Subscription } from './subscription.ts'

/** Unobserved queries that an engine keeps, unless told otherwise. */
const CACHE_SIZE = 256
/** Rows that these keep at most, but for the results that exceed it alone: some tens of megabytes. */
const CACHE_ROWS = 100_000

/** How an engine reports and what it may keep. */
export interface QueryEngineOptions {
  /**
   * Hears what a listener, an effect of the app or a subscribed query threw; `label` is the query's label
   * or SQL, or `effect`.
   * Without it such errors become unhandled rejections, so that they do not pass unseen.
   */
  readonly report?: (error: unknown, label: string) => void
  /** How many queries that nobody observes stay cached; 256 unless given, at least 1. */
  readonly cacheSize?: number
  /** How many rows those keep in all, beside the last result; 100,000 unless given. */
  readonly cacheRows?: number
  /** What follows the rows that change; without it, or while it gives null, all queries are run again after each change. */
  readonly parts?: () => QueryParts | null
  /** Milliseconds from any start. Given, as in development, runs are timed for whoever inspects them, and what they give is frozen. */
  readonly now?: () => number
}

/**
 * Keeps the queries of one store current: each distinct query runs once per change that can matter to it, however many
 * use it, and tells them only when its value changed (rules QRY-1, QRY-2).
 *
 * Values are shared between all readers and must not be changed by them.
 */
export class QueryEngine implements ObserverHost {
  readonly #graph: QueryGraph
  readonly #report: (error: unknown, label: string) => void
  /** What ends with it: subscriptions and observers. */
  readonly #readers = new Set<{ end(): void }>()
  /** @internal Of observers, which are told when a round is over. */
  readonly news: News

  constructor(host: QueryHost, options: QueryEngineOptions = {}) {
    this.#report = guarded(options.report)
    this.news = new News((error) => this.#report(error, 'subscriber'))
    this.#graph = new QueryGraph(host, {
      limits: { queries: options.cacheSize ?? CACHE_SIZE, rows: options.cacheRows ?? CACHE_ROWS },
      news: this.news,
      now: options.now ?? null,
      parts: options.parts ?? (() => null),
      onChange: (outdated) => this.#round(() => this.#graph.announce(outdated)),
    })
  }

  /** A query or a computed is running right now: whoever changes the state must refuse to. */
  get evaluating(): boolean {
    return this.#graph.evaluating
  }

  /**
   * The current value. Reading it inside an effect or a computed makes no dependency; `signal` does.
   *
   * @throws StoreError `query/invalid` when the SQL does not compile, writes, is not deterministic or fails (an overflow), or a computed
   *   depends on itself; `store/closed`
   *
   * @example
   * const open = engine.query(todos.where({ done: false }))
   */
  query<Q>(definition: Q): ResultOf<Q> {
    return this.#graph.read(definition) as ResultOf<Q>
  }

  /**
   * Calls `listener` with the current value at once (unless `immediate` is false), then with each new value, once per
   * round and after the state is whole. It may commit, subscribe and unsubscribe. What it throws is reported.
   *
   * @returns ends the subscription; calling it again does nothing
   * @throws StoreError `store/closed`, or `query/invalid` for what is no query at all; a query that fails when it runs
   *   is reported instead, and heard of when it works again
   *
   * @example
   * const stop = engine.subscribe(todos.where({ id }).first(), (todo) => show(todo))
   */
  subscribe<Q>(
    definition: Q,
    listener: (value: ResultOf<Q>) => void,
    options: { immediate?: boolean } = {},
  ): () => void {
    const node = this.#graph.node(definition)
    const heard = listener as (value: unknown) => void
    const subscription = new Subscription(node, heard, options.immediate ?? true, this)
    return () => subscription.end()
  }

  /**
   * The query as a signal, for `effect` and `computed` of `@preact/signals-core`. Its value is fresh whenever it is read.
   *
   * @throws StoreError `store/closed`, or `query/invalid` for what is no query at all; reading `.value` throws like `query`
   *
   * @example
   * effect(() => render(engine.signal(open).value))
   */
  signal<Q>(definition: Q): ReadonlySignal<ResultOf<Q>> {
    return this.#graph.node(definition).signal as ReadonlySignal<ResultOf<Q>>
  }

  /** @internal What observers follow. */
  node(query: unknown): QueryNode {
    return this.#graph.node(query)
  }

  /** @internal */
  enrol(reader: { end(): void }): void {
    this.#readers.add(reader)
  }

  /** @internal */
  leave(reader: { end(): void }): void {
    this.#readers.delete(reader)
  }

  /** @internal */
  report(error: unknown, label: string): void {
    this.#report(error, label)
  }

  /** Runs `run` and tells readers once, at its end, of all that changed inside. Nests; passes on result and error. */
  batch<T>(run: () => T): T {
    let value: T | undefined
    let error: unknown
    let failed = false
    this.#round(() => {
      try {
        value = run()
      } catch (thrown) {
        failed = true
        error = thrown
      }
    })
    if (failed) throw error
    return value as T
  }

  /**
   * Moves over to another host: every query is run again when it is next read, and listeners hear only real changes.
   *
   * @throws StoreError `store/closed`
   */
  rebind(host: QueryHost): void {
    this.#graph.rebind(host)
  }

  /** @internal Those that are kept, observed or not. */
  liveQueries(): LiveQuery[] {
    return this.#graph.liveQueries()
  }

  /** Ends all subscriptions and lets go of the host; later calls throw `store/closed`. Observers keep what they showed. */
  close(): void {
    for (const reader of this.#readers) reader.end()
    this.#readers.clear()
    this.#graph.close()
    this.news.close()
  }

  /** One round of news. Errors of the app's own effects surface at its end and stay away from `run`'s caller. */
  #round(run: () => void): void {
    this.news.begin()
    try {
      batch(run)
    } catch (error) {
      this.#report(error, 'effect')
    }
    this.news.end()
  }
}

/** A report that cannot throw back into the round it reports on. */
function guarded(report: QueryEngineOptions['report']): (error: unknown, label: string) => void {
  return (error, label) => {
    if (!report) {
      void Promise.reject(error)
      return
    }
    try {
      report(error, label)
    } catch (thrown) {
      void Promise.reject(thrown)
    }
  }
}
