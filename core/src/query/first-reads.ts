import type { QueryPlan } from '../sql/plan.ts'
import { isSamePlan, planHash } from './plan-key.ts'

/** A row as it was read, and the count of changes then. */
export interface FirstRead {
  readonly value: unknown
  readonly changes: number
}

/**
 * Single rows that were read once, the last one of each slot. Most are never read again: a live query for each costs an eighth of the read.
 * Bounded by its slots (rule BND-1).
 */
export class FirstReads {
  readonly #plans: (QueryPlan | null)[]
  readonly #hashes: Int32Array
  readonly #values: unknown[]
  readonly #changes: Float64Array
  readonly #mask: number

  /** `capacity`: as many slots, or up to twice as many. */
  constructor(capacity: number) {
    let slots = 1
    while (slots < capacity) slots *= 2
    this.#plans = new Array<QueryPlan | null>(slots).fill(null)
    this.#hashes = new Int32Array(slots)
    this.#values = new Array<unknown>(slots).fill(undefined)
    this.#changes = new Float64Array(slots)
    this.#mask = slots - 1
  }

  keep(plan: QueryPlan, value: unknown, changes: number): void {
    const hash = planHash(plan)
    const slot = hash & this.#mask
    this.#plans[slot] = plan
    this.#hashes[slot] = hash
    this.#values[slot] = value
    this.#changes[slot] = changes
  }

  /** What was kept of an equal plan; it is not any more. */
  take(plan: QueryPlan): FirstRead | null {
    const hash = planHash(plan)
    const slot = hash & this.#mask
    if (this.#hashes[slot] !== hash) return null
    const held = this.#plans[slot]
    if (!held || !isSamePlan(held, plan)) return null
    const read = { value: this.#values[slot], changes: this.#changes[slot] as number }
    this.#plans[slot] = null
    this.#values[slot] = undefined
    return read
  }

  clear(): void {
    this.#plans.fill(null)
    this.#values.fill(undefined)
  }
}
