import type { QueryPlan } from '../sql/plan.ts'
import type { ValuesKey } from '../sql/query-plan.ts'
import type { LiveQuery } from './live-query.ts'

type Queries = Map<ValuesKey, LiveQuery>

/** The live queries that differ in their values alone. */
interface Family {
  observed: Queries
  /** Unobserved, used since the cache turned last. */
  recent: Queries
  /** Unobserved, used in the time before. */
  earlier: Queries
}

/**
 * The live queries of an engine by template and values. Of those that nobody observes two generations are kept: when the newer one is full
 * the older one is dropped, but for what was used meanwhile (rule BND-1). Observed ones are bounded by their observers.
 *
 * Generations are dropped as whole maps: taking out the oldest one by one makes V8 keep dead tables, and all that they held, alive.
 */
export class QueryCache {
  /** Unobserved queries of one generation. */
  readonly #most: number
  readonly #generations: number
  readonly #families = new Map<string, Family>()
  /** Those that may have unobserved queries. */
  readonly #idle = new Set<string>()
  #recent = 0

  /** `capacity`: how many unobserved queries are kept at most; at least 1, so that the one just made survives its first read. */
  constructor(capacity: number) {
    this.#generations = capacity > 1 ? 2 : 1
    this.#most = Math.max(1, capacity >> 1)
  }

  /** Finding counts as use. */
  get({ template, valuesKey }: QueryPlan): LiveQuery | undefined {
    const family = this.#families.get(template.key)
    if (!family) return undefined
    const known = family.recent.get(valuesKey) ?? family.observed.get(valuesKey)
    if (known) return known
    const earlier = family.earlier.get(valuesKey)
    if (earlier) {
      family.earlier.delete(valuesKey)
      this.add(earlier)
    }
    return earlier
  }

  all(): LiveQuery[] {
    return [...this.#families.values()].flatMap(({ observed, recent, earlier }) => [
      ...observed.values(),
      ...earlier.values(),
      ...recent.values(),
    ])
  }

  /** Takes in a query that nobody observes, as used just now. */
  add(query: LiveQuery): void {
    if (this.#recent >= this.#most) this.#turn()
    this.#recent++
    const { template, valuesKey } = query.plan
    this.#familyOf(template.key).recent.set(valuesKey, query)
    this.#idle.add(template.key)
  }

  /** Somebody observes it: it stays whatever comes. */
  hold(query: LiveQuery): void {
    const { template, valuesKey } = query.plan
    const family = this.#familyOf(template.key)
    if (family.recent.delete(valuesKey)) this.#recent--
    else family.earlier.delete(valuesKey)
    family.observed.set(valuesKey, query)
  }

  /** Nobody observes it any more. */
  release(query: LiveQuery): void {
    this.#families.get(query.plan.template.key)?.observed.delete(query.plan.valuesKey)
    this.add(query)
  }

  clear(): void {
    for (const query of this.all()) query.drop()
    this.#families.clear()
    this.#idle.clear()
    this.#recent = 0
  }

  #familyOf(key: string): Family {
    let family = this.#families.get(key)
    if (!family) {
      family = { observed: new Map(), recent: new Map(), earlier: new Map() }
      this.#families.set(key, family)
    }
    return family
  }

  #turn(): void {
    const dropped: Queries[] = []
    this.#recent = 0
    for (const key of this.#idle) {
      const family = this.#families.get(key) as Family
      const { recent, observed } = family
      dropped.push(family.earlier)
      if (this.#generations === 1) dropped.push(recent)
      family.earlier = this.#generations === 1 ? new Map() : recent
      family.recent = new Map()
      if (family.earlier.size > 0) continue
      this.#idle.delete(key)
      if (observed.size === 0) this.#families.delete(key)
    }
    for (const queries of dropped) {
      for (const query of queries.values()) {
        query.drop()
        query.announce()
      }
    }
  }
}
