import type { QueryPlan } from '../sql/plan.ts'
import { FirstReads } from './first-reads.ts'
import { IdleQueries } from './idle-queries.ts'
import type { LiveQuery } from './live-query.ts'
import { type ValuesKey, valuesKeyOf } from './plan-key.ts'
import type { CacheLimits, LiveQueryCache } from './query-node.ts'

/**
 * The live queries of an engine by template and values. Of those that nobody observes two generations are kept: when the newer one is full,
 * of queries or of their rows, the older one is dropped, but for what was used meanwhile (rule BND-1). Observed ones are bounded by their observers.
 *
 * Generations are dropped as a whole: taking the oldest out of a `Map` one by one makes V8 keep dead tables, and all that they held, alive.
 */
export class QueryCache implements LiveQueryCache {
  readonly firsts: FirstReads
  /** Unobserved queries of one generation, and rows that they keep; the query that comes last may keep more. */
  readonly #most: number
  readonly #mostRows: number
  readonly #generations: number
  /** By the key of their template, then by values. */
  readonly #observed = new Map<string, Map<ValuesKey, LiveQuery>>()
  /** Unobserved, used since the cache turned last. */
  #recent: IdleQueries
  /** Unobserved, used in the time before. */
  #earlier: IdleQueries
  #recentRows = 0

  /** `queries`: to begin with. */
  constructor(limits: CacheLimits, queries: readonly LiveQuery[] = []) {
    this.firsts = new FirstReads(limits.queries)
    this.#generations = limits.queries > 1 ? 2 : 1
    this.#most = Math.max(1, limits.queries >> 1)
    this.#mostRows = limits.rows / this.#generations
    this.#recent = new IdleQueries(this.#most)
    this.#earlier = new IdleQueries(this.#most)
    for (const query of queries) {
      if (query.observed) this.hold(query)
      else this.add(query)
    }
  }

  find(plan: QueryPlan): LiveQuery | null {
    const known = this.#recent.find(plan) ?? this.#observed.get(plan.template.key)?.get(valuesKeyOf(plan))
    if (known) return known
    const earlier = this.#earlier.find(plan)
    if (!earlier) return null
    this.#earlier.delete(earlier)
    this.add(earlier)
    return earlier
  }

  add(query: LiveQuery): void {
    if (this.#recent.size >= this.#most || this.#recentRows > this.#mostRows) this.#turn()
    this.#recentRows += query.rows
    this.#recent.add(query)
  }

  all(): LiveQuery[] {
    const observed = [...this.#observed.values()].flatMap((queries) => [...queries.values()])
    return [...observed, ...this.#earlier.all(), ...this.#recent.all()]
  }

  hold(query: LiveQuery): void {
    if (this.#recent.delete(query)) this.#recentRows -= query.rows
    else this.#earlier.delete(query)
    const { template } = query.plan
    const valuesKey = valuesKeyOf(query.plan)
    let queries = this.#observed.get(template.key)
    if (!queries) {
      queries = new Map()
      this.#observed.set(template.key, queries)
    }
    queries.set(valuesKey, query)
  }

  release(query: LiveQuery): void {
    const { template } = query.plan
    const valuesKey = valuesKeyOf(query.plan)
    const queries = this.#observed.get(template.key)
    queries?.delete(valuesKey)
    if (queries?.size === 0) this.#observed.delete(template.key)
    this.add(query)
  }

  weigh(query: LiveQuery, more: number): void {
    if (this.#recent.has(query)) this.#recentRows += more
  }

  clear(): void {
    const queries = this.all()
    this.#observed.clear()
    this.#recent.take()
    this.#earlier.take()
    this.#recentRows = 0
    this.firsts.clear()
    for (const query of queries) query.drop()
  }

  #turn(): void {
    const dropped = this.#earlier.take()
    if (this.#generations === 1) dropped.push(...this.#recent.take())
    else [this.#earlier, this.#recent] = [this.#recent, this.#earlier]
    this.#recentRows = 0
    for (const query of dropped) {
      query.drop()
      query.announce()
    }
  }
}
