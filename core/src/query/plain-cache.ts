import type { QueryPlan } from '../sql/plan.ts'
import type { LiveQuery } from './live-query.ts'
import type { CacheLimits, LiveQueryCache } from './query-node.ts'

/** Until the code of `QueryCache` is there: when it is full of queries that nobody observes, or of their rows, it drops all of those (rule BND-1). */
export class PlainCache implements LiveQueryCache {
  readonly firsts = null
  readonly #limits: CacheLimits
  /** By the key of their plan. */
  readonly #queries = new Map<string, LiveQuery>()
  /** How many nobody observes, and how many rows those keep. */
  #idle = 0
  #rows = 0

  constructor(limits: CacheLimits) {
    this.#limits = limits
  }

  find(plan: QueryPlan): LiveQuery | null {
    return this.#queries.get(plan.key) ?? null
  }

  add(query: LiveQuery): void {
    if (this.#idle >= this.#limits.queries || this.#rows > this.#limits.rows) this.#dropIdle()
    this.#queries.set(query.plan.key, query)
    this.release(query)
  }

  all(): LiveQuery[] {
    return [...this.#queries.values()]
  }

  hold(query: LiveQuery): void {
    this.#idle--
    this.#rows -= query.rows
  }

  release(query: LiveQuery): void {
    this.#idle++
    this.#rows += query.rows
  }

  weigh(query: LiveQuery, more: number): void {
    if (!query.dropped) this.#rows += more
  }

  clear(): void {
    for (const query of this.all()) query.drop()
    this.#queries.clear()
  }

  #dropIdle(): void {
    this.#idle = 0
    this.#rows = 0
    for (const query of this.all()) {
      if (query.observed) continue
      this.#queries.delete(query.plan.key)
      query.drop()
      query.announce()
    }
  }
}
