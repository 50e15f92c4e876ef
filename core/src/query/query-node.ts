import type { ReadonlySignal } from '@preact/signals-core'
import type { QueryPlan } from '../sql/plan.ts'
import type { DispatchIndex } from './dispatch-index.ts'
import type { FirstReads } from './first-reads.ts'
import type { LiveQuery } from './live-query.ts'
import type { MaintainedOf } from './maintained.ts'
import type { netChanges } from './net-changes.ts'
import type { News, Teller } from './news.ts'
import type { QueryCache } from './query-cache.ts'
import type { QueryHost } from './query-host.ts'
import type { share } from './structural-sharing.ts'

/** One distinct definition of an engine: a live query or a computed. */
export interface QueryNode {
  /** Its label, or what else tells it from others in a report. */
  readonly title: string
  /** Properties that tell the rows of its result from one another; null when that is not known. */
  readonly identity: readonly string[] | null
  /** True when the cache has dropped it; its definition gets a new node. */
  readonly dropped: boolean
  /** Always fresh when read; readers inside an effect or computed depend on it. */
  readonly signal: ReadonlySignal<unknown>
  /** Rows of a first result that are equal to rows of this value are to be the same objects: it was shown before. */
  adopt(value: unknown): void
  /** The fresh value, without a dependency. */
  peek(): unknown
  /** Like `peek`, but of a maintained list its `Edition`, which costs nothing for its length. */
  look(): unknown
  /** Has `teller` tell its news after each round in which the value may have become another, until `unlisten`. */
  listen(teller: Teller): void
  unlisten(teller: Teller): void
  /** The fresh value; whoever evaluates right now depends on it. */
  track(): unknown
}

/** What a cache keeps at most of queries that nobody observes. */
export interface CacheLimits {
  /** At least 1, so that the one just made survives its first read. */
  readonly queries: number
  /** In all of them, but for the one that comes last. */
  readonly rows: number
}

/** Where an engine keeps its live queries. Of those that nobody observes it drops some when it has too many. */
export interface LiveQueryCache {
  /** Of single rows; null: the first read of one makes a live query too. */
  readonly firsts: FirstReads | null
  /** The query of a plan, used just now; null when there is none. */
  find(plan: QueryPlan): LiveQuery | null
  /** Keeps a query that is not among them, and that nobody observes. */
  add(query: LiveQuery): void
  all(): LiveQuery[]
  /** Somebody observes it: it stays whatever comes. */
  hold(query: LiveQuery): void
  /** Nobody observes it any more. */
  release(query: LiveQuery): void
  /** An unobserved query keeps so many rows more. Dropped are others, and not before the next one comes. */
  weigh(query: LiveQuery, more: number): void
  clear(): void
}

/** What makes live queries fast; without it they are run again after each change. */
export interface QueryParts {
  readonly DispatchIndex: typeof DispatchIndex
  readonly QueryCache: typeof QueryCache
  readonly maintainedOf: MaintainedOf
  readonly netChanges: typeof netChanges
  readonly share: typeof share
}

/** What the nodes of one engine share. */
export interface QueryContext {
  readonly host: QueryHost
  /** Null while its code is on its way: each change outdates all queries then. */
  readonly index: DispatchIndex | null
  readonly cache: LiveQueryCache
  readonly news: News
  /** Another number whenever rows may have changed since it was asked, or are about to be undone. */
  readonly changes: number
  /** Milliseconds from any start, to time runs: the store is in development, where results are frozen too; null: neither. */
  readonly now: (() => number) | null
  readonly parts: () => QueryParts | null
  /** Between these two, SQL or a computed's function runs. Nests. */
  enter(): void
  leave(): void
  /** @throws StoreError `store/closed`, `query/invalid` */
  node(definition: unknown): QueryNode
  liveQuery(plan: QueryPlan): LiveQuery
  /** Makes whoever evaluates right now evaluate again after the next change. */
  retryOnChange(): void
}
