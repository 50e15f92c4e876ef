import type { QueryPlan } from '../sql/plan.ts'
import { isSamePlan, planHash } from './plan-key.ts'

/** A row as it was read, and the count of changes then. */
export interface FirstRead {
  readonly value: unknown
  readonly changes: number
}

/** Lists that are kept, and rows of each at most. More would outlive scavenges: that costs as much as a tenth of reading them. */
const LISTS = 16
const LIST_ROWS = 1_000

/**
 * Single rows and short lists that were read once, the last one of each slot. Most are never read again: a live query for each costs an eighth
 * of the read. Bounded by its slots (rule BND-1).
 */
export class FirstReads {
  /** The lists' slots come after those of single rows. */
  readonly #plans: (QueryPlan | null)[]
  readonly #hashes: Int32Array
  readonly #values: unknown[]
  readonly #changes: Float64Array
  readonly #mask: number
  /** Of lists that were read, kept or not: one that is read again gets a live query, whoever took its slot. */
  readonly #seen: Int32Array

  /** `capacity`: as many slots, or up to twice as many. */
  constructor(capacity: number) {
    let slots = 1
    while (slots < capacity) slots *= 2
    const places = slots + LISTS
    this.#plans = new Array<QueryPlan | null>(places).fill(null)
    this.#hashes = new Int32Array(places)
    this.#values = new Array<unknown>(places).fill(undefined)
    this.#changes = new Float64Array(places)
    this.#mask = slots - 1
    this.#seen = new Int32Array(slots)
  }

  /** Whether what this reads is to be kept here, when it is not yet. */
  takes(plan: QueryPlan): boolean {
    const { result, basis } = plan.template
    if (result === 'first') return true
    if (result !== 'rows' || !basis) return false
    // Its limit, when it has one, comes behind the values of its filter.
    const limit = plan.binds[basis.filter.size]
    if (typeof limit !== 'number' || limit < 0 || limit > LIST_ROWS) return false
    const hash = planHash(plan)
    const slot = hash & this.#mask
    const seen = this.#seen[slot] === hash
    this.#seen[slot] = hash
    return !seen
  }

  keep(plan: QueryPlan, value: unknown, changes: number): void {
    const hash = planHash(plan)
    const slot = this.#slotOf(plan, hash)
    this.#plans[slot] = plan
    this.#hashes[slot] = hash
    this.#values[slot] = value
    this.#changes[slot] = changes
  }

  /** What was kept of an equal plan; it is not any more. */
  take(plan: QueryPlan): FirstRead | null {
    const hash = planHash(plan)
    const slot = this.#slotOf(plan, hash)
    if (this.#hashes[slot] !== hash) return null
    const held = this.#plans[slot]
    if (!held || !isSamePlan(held, plan)) return null
    const read = { value: this.#values[slot], changes: this.#changes[slot] as number }
    this.#plans[slot] = null
    this.#values[slot] = undefined
    return read
  }

  #slotOf({ template }: QueryPlan, hash: number): number {
    return template.result === 'first' ? hash & this.#mask : this.#mask + 1 + (hash & (LISTS - 1))
  }

  clear(): void {
    this.#plans.fill(null)
    this.#values.fill(undefined)
  }
}
