import { hex } from '../base/bytes.ts'
import { bindsKey, type QueryPlan } from '../sql/query-plan.ts'
import type { SqlValue } from '../sqlite/driver.ts'

// By what live queries find one another's plans.

/** Characters of a key that its place is found by; of a longer one so many at equal distances. */
const SAMPLE = 256

/** See `valuesKeyOf`. */
export type ValuesKey = null | number | bigint | string

/** Equal for two plans of one template exactly when their typed values are: null is not 'null', 1 is not '1'. */
export function valuesKeyOf({ binds }: QueryPlan): ValuesKey {
  if (binds.length !== 1) return bindsKey(binds)
  // Point reads are many: theirs is the bare value.
  const [only] = binds as readonly [SqlValue]
  // Bytes become an integer beyond all that SQLite holds as one.
  return only instanceof Uint8Array ? BigInt(`0x1${hex(only)}`) << 64n : only
}

/** Equal for equal plans. */
export function planHash(plan: QueryPlan): number {
  plan.hash ??= hashOf(plan.template.key, valuesKeyOf(plan))
  return plan.hash
}

/** The same as `a.key === b.key`, without a text. Ask for the hashes first: two texts may take long to compare. */
export function isSamePlan(a: QueryPlan, b: QueryPlan): boolean {
  return a === b || (a.template.key === b.template.key && valuesKeyOf(a) === valuesKeyOf(b))
}

function hashOf(template: string, values: ValuesKey): number {
  let hash = template.length
  if (typeof values === 'string') {
    const { length } = values
    const step = Math.ceil(length / SAMPLE)
    for (let at = 0; at < length; at += step) hash = Math.imul(hash, 31) + values.charCodeAt(at)
  } else if (typeof values === 'number') hash = Math.imul(hash, 31) + (values | 0)
  // 30 bits: engines keep those without an object.
  return hash & 0x3fffffff
}
