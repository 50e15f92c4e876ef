import type { LiveQuery } from './live-query.ts'

/**
 * The live queries of an engine by plan key. Those that nobody observes are linked in order of use; beyond the
 * capacity the one used longest ago is dropped (rule BND-1). Observed ones are bounded by their observers.
 */
export class QueryCache {
  readonly #capacity: number
  readonly #byKey = new Map<string, LiveQuery>()
  #newest: LiveQuery | null = null
  #oldest: LiveQuery | null = null
  #idle = 0

  /** `capacity`: how many unobserved queries are kept; at least 1, so that the one just made survives its first read. */
  constructor(capacity: number) {
    this.#capacity = Math.max(1, capacity)
  }

  get size(): number {
    return this.#byKey.size
  }

  get(key: string): LiveQuery | undefined {
    return this.#byKey.get(key)
  }

  all(): LiveQuery[] {
    return [...this.#byKey.values()]
  }

  /** Takes in a query that nobody observes yet. */
  add(query: LiveQuery): void {
    this.#byKey.set(query.plan.key, query)
    this.release(query)
  }

  /** It was used just now. */
  touch(query: LiveQuery): void {
    if (query.observed || query === this.#newest) return
    this.#unlink(query)
    this.#link(query)
  }

  /** Somebody observes it: it stays whatever comes. */
  hold(query: LiveQuery): void {
    this.#unlink(query)
    this.#idle--
  }

  /** Nobody observes it any more. */
  release(query: LiveQuery): void {
    this.#link(query)
    this.#idle++
    while (this.#idle > this.#capacity && this.#oldest) this.#drop(this.#oldest)
  }

  clear(): void {
    for (const query of this.#byKey.values()) query.drop()
    this.#byKey.clear()
    this.#newest = null
    this.#oldest = null
    this.#idle = 0
  }

  #drop(query: LiveQuery): void {
    this.#unlink(query)
    this.#idle--
    this.#byKey.delete(query.plan.key)
    query.drop()
    query.announce()
  }

  #link(query: LiveQuery): void {
    query.older = this.#newest
    query.newer = null
    if (this.#newest) this.#newest.newer = query
    else this.#oldest = query
    this.#newest = query
  }

  #unlink(query: LiveQuery): void {
    if (query.newer) query.newer.older = query.older
    else this.#newest = query.older
    if (query.older) query.older.newer = query.newer
    else this.#oldest = query.newer
    query.newer = null
    query.older = null
  }
}
