import type { QueryPlan } from '../sql/plan.ts'
import type { ValuesKey } from '../sql/query-plan.ts'
import type { LiveQuery } from './live-query.ts'

type Queries = Map<ValuesKey, LiveQuery>

/** The live queries that differ in their values alone. */
interface Family {
  /** Of their template. */
  readonly key: string
  observed: Queries
  /** Unobserved, used since the cache turned last. */
  recent: Queries
  /** Unobserved, used in the time before. */
  earlier: Queries
}

/**
 * The live queries of an engine by template and values. Of those that nobody observes two generations are kept: when the newer one is full,
 * of queries or of their rows, the older one is dropped, but for what was used meanwhile (rule BND-1). Observed ones are bounded by their observers.
 *
 * Generations are dropped as whole maps: taking out the oldest one by one makes V8 keep dead tables, and all that they held, alive.
 */
export class QueryCache {
  /** Unobserved queries of one generation, and rows that they keep; the query that comes last may keep more. */
  readonly #most: number
  readonly #mostRows: number
  readonly #generations: number
  readonly #families = new Map<string, Family>()
  /** Those that may have unobserved queries. */
  readonly #idle = new Set<Family>()
  #recent = 0
  #recentRows = 0

  /** `capacity`: how many unobserved queries are kept at most; at least 1, so that the one just made survives its first read. */
  constructor(capacity: number, rows: number) {
    this.#generations = capacity > 1 ? 2 : 1
    this.#most = Math.max(1, capacity >> 1)
    this.#mostRows = rows / this.#generations
  }

  /** The query of a plan, made when there is none; used just now. */
  find(plan: QueryPlan, make: (plan: QueryPlan) => LiveQuery): LiveQuery {
    const { template, valuesKey } = plan
    const family = this.#familyOf(template.key)
    const known = family.recent.get(valuesKey) ?? family.observed.get(valuesKey)
    if (known) return known
    const earlier = family.earlier.get(valuesKey)
    if (earlier) family.earlier.delete(valuesKey)
    const query = earlier ?? make(plan)
    this.#add(family, valuesKey, query)
    return query
  }

  all(): LiveQuery[] {
    return [...this.#families.values()].flatMap(({ observed, recent, earlier }) => [
      ...observed.values(),
      ...earlier.values(),
      ...recent.values(),
    ])
  }

  /** Somebody observes it: it stays whatever comes. */
  hold(query: LiveQuery): void {
    const { template, valuesKey } = query.plan
    const family = this.#familyOf(template.key)
    if (family.recent.delete(valuesKey)) {
      this.#recent--
      this.#recentRows -= query.rows
    } else family.earlier.delete(valuesKey)
    family.observed.set(valuesKey, query)
  }

  /** Nobody observes it any more. */
  release(query: LiveQuery): void {
    const { template, valuesKey } = query.plan
    const family = this.#familyOf(template.key)
    family.observed.delete(valuesKey)
    this.#add(family, valuesKey, query)
  }

  /** An unobserved query keeps so many rows more. Dropped are others, and not before the next one comes. */
  weigh({ plan: { template, valuesKey } }: LiveQuery, more: number): void {
    if (this.#families.get(template.key)?.recent.has(valuesKey)) this.#recentRows += more
  }

  clear(): void {
    for (const query of this.all()) query.drop()
    this.#families.clear()
    this.#idle.clear()
    this.#recent = 0
    this.#recentRows = 0
  }

  #familyOf(key: string): Family {
    let family = this.#families.get(key)
    if (!family) {
      family = { key, observed: new Map(), recent: new Map(), earlier: new Map() }
      this.#families.set(key, family)
    }
    return family
  }

  #add(family: Family, key: ValuesKey, query: LiveQuery): void {
    if (this.#recent >= this.#most || this.#recentRows > this.#mostRows) this.#turn()
    this.#recent++
    this.#recentRows += query.rows
    if (family.recent.size === 0) {
      this.#idle.add(family)
      // The turn may have found it empty, and forgotten it.
      this.#families.set(family.key, family)
    }
    family.recent.set(key, query)
  }

  #turn(): void {
    const dropped: Queries[] = []
    this.#recent = 0
    this.#recentRows = 0
    for (const family of this.#idle) {
      dropped.push(family.earlier)
      if (this.#generations === 1) dropped.push(family.recent)
      family.earlier = this.#generations === 1 ? new Map() : family.recent
      family.recent = new Map()
      if (family.earlier.size > 0) continue
      this.#idle.delete(family)
      if (family.observed.size === 0) this.#families.delete(family.key)
    }
    for (const queries of dropped) {
      for (const query of queries.values()) {
        query.drop()
        query.announce()
      }
    }
  }
}
