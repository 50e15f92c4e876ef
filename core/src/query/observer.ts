import { untracked } from '@preact/signals-core'
import { StoreError } from '../base/errors.ts'
import type { ResultOf } from '../sql/query.ts'
import { Edition, rowsOf } from './edition.ts'
import { type ListDelta, listDelta } from './list-delta.ts'
import type { News, Teller } from './news.ts'
import type { QueryNode } from './query-node.ts'
import { sameValue } from './same-value.ts'

/** No query for now. */
export type Nothing = null | undefined | false

/** What an observer of `Q` shows; `undefined` while there is no query. */
export type Observed<Q> = Q extends Nothing ? undefined : ResultOf<Q>

/** The rows of a list result; `never` for other results. */
export type RowIn<R> = R extends readonly (infer Row)[] ? Row : never

/** What observers look at: the live queries of an open store. */
export interface ObserverHost {
  readonly news: News
  /** @throws StoreError `store/closed`, `query/invalid` */
  node(query: unknown): QueryNode
  /** Enrolled observers are ended when the host closes, until they leave. */
  enrol(observer: { end(): void }): void
  leave(observer: { end(): void }): void
  report(error: unknown, label: string): void
}

/** A store that is there, or on its way, or will never come. */
export interface QuerySource {
  /** Null while the store opens. */
  readonly host: ObserverHost | null
  /** Why there will be no store. */
  readonly error: StoreError | null
  /** What a server found for a query, to be shown until the store's own first result; null when there is none, or that is over. */
  seed(query: unknown): { readonly value: unknown } | null
  /** The page shows the store's own results: no seeds from now on. */
  outgrow(): void
  /** Hears once when `host` or `error` is there. */
  opened(listener: () => void): () => void
}

/** The source of a store that is open. */
export function openSource(host: ObserverHost): QuerySource {
  return { host, error: null, seed: () => null, outgrow: none, opened: () => none }
}

type Outcome = { readonly value: unknown } | { readonly error: unknown }

/**
 * The one way in which views follow a query: its current value, what changed since the last news, and a subscription that moves along when
 * query or store are replaced. Bindings build on it; apps rarely need it.
 *
 * @example
 * const open = store.observe(todos.where({ done: false }))
 * const stop = open.subscribe(() => render(open.current, open.delta))
 */
export class QueryObserver<Q = unknown> implements Teller {
  readonly together: ((run: () => void) => void) | null
  /** @internal */
  waits = false
  readonly #listeners = new Set<() => void>()
  #source: QuerySource
  #query: Q | undefined
  #host: ObserverHost | null = null
  /** What is followed while anyone listens. */
  #node: QueryNode | null = null
  #release: (() => void) | null = null
  /** Shown until the store's own first result. */
  #seed: { readonly value: unknown } | null = null
  /** The view stands as the server made it: own results may take over. */
  #standing = false
  #told: Outcome | null = null
  #before: Outcome | null = null
  #delta: ListDelta | null | undefined = null
  #ended = false

  /**
   * @param options.together runs what tells all observers of one round, such as the batch of a framework whose updates are synchronous
   */
  constructor(source: QuerySource, query: Q, options: { together?: (run: () => void) => void } = {}) {
    this.together = options.together ?? null
    this.#source = source
    this.#query = query
    this.#seed = this.#sown()
  }

  /**
   * The value right now, whether anyone listens or not; `undefined` while there is no query.
   *
   * @throws what the query throws; StoreError `store/opening` while there is neither a store nor a value from a server, `store/closed`
   */
  get current(): Observed<Q> {
    const outcome = this.#look()
    if ('error' in outcome) throw outcome.error
    return rowsOf(outcome.value) as Observed<Q>
  }

  /** A value can be shown, or an error: `current` would not throw `store/opening`. */
  get ready(): boolean {
    return isNothing(this.#query) || this.#seed !== null || this.#source.host !== null || this.#source.error !== null
  }

  /**
   * How the list of the last news came out of the one before. Null when there is no such relation: no list, no second value yet,
   * or another query since.
   */
  get delta(): ListDelta<RowIn<Observed<Q>>> | null {
    this.#delta ??= this.#compare()
    return this.#delta as ListDelta<RowIn<Observed<Q>>> | null
  }

  /**
   * Follows another query, or another store, from now on. `current` is the new value at once, or the old one until that store is there;
   * listeners are not called for it: whoever calls this knows. A definition equal to the one before changes nothing.
   */
  look(query: Q, source: QuerySource = this.#source): void {
    if (query === this.#query && source === this.#source) return
    const moved = source !== this.#source
    this.#query = query
    this.#source = source
    this.#seed = this.#sown()
    if (moved) this.#ended = false
    if (this.#listeners.size > 0) untracked(() => this.#follow(moved))
  }

  /** Calls `listener` after each change of `current`, once per round. The first listener makes the query live, the end of the last one ends it. */
  subscribe(listener: () => void): () => void {
    const own = () => listener()
    this.#listeners.add(own)
    if (this.#listeners.size === 1) untracked(() => this.#follow(true))
    return () => {
      if (this.#listeners.delete(own) && this.#listeners.size === 0) this.#unfollow()
    }
  }

  /**
   * To be called when the view that a server made stands: a value from a server gives way to the store's own, at once or when the
   * store is there. Without one nothing happens.
   */
  stand(): void {
    this.#standing = true
    if (!this.#seed || !this.#source.host) return
    this.#seed = null
    this.#source.outgrow()
    this.#source.host.news.add(this)
  }

  /** @internal Tells listeners, when the value is another than the last one they knew. */
  tell(): void {
    if (this.#listeners.size === 0) return
    const now = this.#look()
    if (this.#told && sameOutcome(this.#told, now)) return
    this.#remember(now)
    for (const listener of [...this.#listeners]) {
      if (!this.#listeners.has(listener)) continue
      try {
        listener()
      } catch (error) {
        this.#host?.report(error, this.#node?.title ?? 'observer')
      }
    }
  }

  /** @internal The store closes: what is shown stays as it is. */
  end(): void {
    this.#told = settled(this.#look())
    this.#ended = true
    this.#unfollow()
  }

  /** What a server found for the query now. */
  #sown(): { readonly value: unknown } | null {
    const over = isNothing(this.#query) || (this.#standing && this.#source.host)
    return over ? null : this.#source.seed(this.#query)
  }

  #look(): Outcome {
    if (this.#ended && this.#told) return this.#told
    if (isNothing(this.#query)) return { value: undefined }
    if (this.#seed) return this.#seed
    const { host, error } = this.#source
    if (error) return { error }
    // Another store that still opens: what the last one showed stays for as long.
    if (!host) return this.#told ?? { error: opening() }
    try {
      return { value: (this.#node ?? host.node(this.#query)).look() }
    } catch (thrown) {
      return { error: thrown }
    }
  }

  /** Listens to what is to be shown now, before it lets go of what was shown until now: what both read stays live. */
  #follow(moved: boolean): void {
    const { host } = this.#source
    const node = this.#nodeOf(host)
    if (!moved && node !== null && node === this.#node) return
    const before = this.#node
    this.#node = node
    this.#host = host
    this.#ended = false
    if (host || this.#seed) this.#told = null
    else if (this.#told) this.#told = settled(this.#told)
    this.#release?.()
    host?.enrol(this)
    this.#release = host ? () => host.leave(this) : this.#source.opened(() => this.#arrive())
    // A teller listens to a node once.
    if (node !== before) {
      node?.listen(this)
      before?.unlisten(this)
    }
    this.#before = null
    this.#delta = null
    this.#told ??= this.#look()
  }

  /** The node of the query; null when there is none, or the query fails to compile: then `current` says so. */
  #nodeOf(host: ObserverHost | null): QueryNode | null {
    if (!host || isNothing(this.#query)) return null
    try {
      const node = host.node(this.#query)
      if (this.#seed) node.adopt(this.#seed.value)
      return node
    } catch {
      return null
    }
  }

  /** The store is there, or will never be. */
  #arrive(): void {
    const shown = this.#told
    if (this.#source.error) this.#seed = null
    this.#follow(true)
    this.#told = shown
    if (this.#standing) this.stand()
    this.tell()
  }

  #unfollow(): void {
    this.#release?.()
    this.#release = null
    this.#node?.unlisten(this)
    this.#host?.news.remove(this)
    this.#node = null
    this.#host = null
  }

  #remember(now: Outcome): void {
    this.#before = this.#told
    this.#told = now
    this.#delta = undefined
  }

  #compare(): ListDelta | null {
    const before = held(this.#before)
    const now = held(this.#told)
    const known = before instanceof Edition && now instanceof Edition ? now.deltaFrom(before) : null
    if (known) return known
    // An edition that nobody read before the next one came has no rows.
    const [old, list] = [rowsOf(before), rowsOf(now)]
    return Array.isArray(old) && Array.isArray(list) ? listDelta(old, list, this.#node?.identity ?? null) : null
  }
}

function none(): void {}

export function isNothing(query: unknown): query is Nothing {
  return query === null || query === undefined || query === false
}

function held(outcome: Outcome | null): unknown {
  return outcome && 'value' in outcome ? outcome.value : null
}

/** The outcome for the time when nothing keeps its rows. */
function settled(outcome: Outcome): Outcome {
  return 'value' in outcome ? { value: rowsOf(outcome.value) } : outcome
}

function sameOutcome(a: Outcome, b: Outcome): boolean {
  if ('error' in a || 'error' in b) return 'error' in a && 'error' in b && a.error === b.error
  if (a.value instanceof Edition && b.value instanceof Edition) return a.value.sameAs(b.value)
  return sameValue(rowsOf(a.value), rowsOf(b.value))
}

function opening(): StoreError {
  return new StoreError(
    'store/opening',
    'A query was read while its store is still opening. Wait for the store before you show what reads from it, or give `hydrate` a value of this query.',
    { retry: 'backoff' },
  )
}
