import type { QueryPlan } from '../sql/query-plan.ts'
import type { LiveQuery } from './live-query.ts'
import { isSamePlan, planHash } from './plan-key.ts'

/**
 * Some queries that nobody observes, by template and values. A table of its own, with room for all from the start: filling and
 * emptying a `Map` over and over costs as much as a third of a point read.
 */
export class IdleQueries {
  /** A power of two of them, and always one that is empty: a search ends there. */
  #slots: (LiveQuery | null)[] = []
  /** Of the query in each slot. */
  #hashes = new Int32Array(0)
  #mask = 0
  #size = 0

  /** `capacity`: room for so many from the start. */
  constructor(capacity: number) {
    let slots = 4
    while (slots < 2 * capacity) slots *= 2
    this.#empty(slots)
  }

  get size(): number {
    return this.#size
  }

  find(plan: QueryPlan): LiveQuery | null {
    const hash = planHash(plan)
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const query = this.#slots[slot] as LiveQuery | null
      if (query === null) return null
      if (this.#hashes[slot] === hash && isSamePlan(query.plan, plan)) return query
    }
  }

  /** A query that is not among them. */
  add(query: LiveQuery): void {
    const hash = planHash(query.plan)
    if (this.#size + 1 === this.#slots.length) this.#grow()
    let slot = hash & this.#mask
    while (this.#slots[slot] !== null) slot = (slot + 1) & this.#mask
    this.#slots[slot] = query
    this.#hashes[slot] = hash
    this.#size++
  }

  has(query: LiveQuery): boolean {
    return this.#slotOf(query) >= 0
  }

  /** False when it is not among them. */
  delete(query: LiveQuery): boolean {
    let gap = this.#slotOf(query)
    if (gap < 0) return false
    const mask = this.#mask
    // Those behind that would not be found beyond the gap move up.
    for (let slot = (gap + 1) & mask; this.#slots[slot] !== null; slot = (slot + 1) & mask) {
      const wanted = (this.#hashes[slot] as number) & mask
      if (((slot - wanted) & mask) < ((slot - gap) & mask)) continue
      this.#slots[gap] = this.#slots[slot] as LiveQuery
      this.#hashes[gap] = this.#hashes[slot] as number
      gap = slot
    }
    this.#slots[gap] = null
    this.#size--
    return true
  }

  /** Empties it. */
  take(): LiveQuery[] {
    const queries = this.all()
    this.#slots.fill(null)
    this.#size = 0
    return queries
  }

  all(): LiveQuery[] {
    const queries: LiveQuery[] = []
    for (const query of this.#slots) if (query !== null) queries.push(query)
    return queries
  }

  #empty(slots: number): void {
    this.#slots = new Array<LiveQuery | null>(slots).fill(null)
    this.#hashes = new Int32Array(slots)
    this.#mask = slots - 1
    this.#size = 0
  }

  #grow(): void {
    const queries = this.all()
    this.#empty(2 * this.#slots.length)
    for (const query of queries) this.add(query)
  }

  #slotOf(query: LiveQuery): number {
    for (let slot = planHash(query.plan) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const held = this.#slots[slot]
      if (held === query) return slot
      if (held === null) return -1
    }
  }
}
