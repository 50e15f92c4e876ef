import type { SqlValue } from '../sqlite/driver.ts'
import type { Condition } from './condition.ts'
import type { ColumnRef } from './source.ts'

/** Rows of `table` matter only if `column` is one of `values` (stored form), before or after a change. */
export interface Pin {
  readonly table: string
  readonly column: string
  readonly values: readonly SqlValue[]
}

/**
 * The pins of a condition; each of them holds on its own. Equality, `is` and `in` pin. `and` has the pins of all its
 * parts, `or` only those on a column that every branch pins. Negations and ranges never pin.
 */
export function pinsOf(condition: Condition | null): readonly Pin[] {
  if (!condition) return []
  switch (condition.kind) {
    case 'compare':
      return condition.operator === '=' || condition.operator === 'is' ? pin(condition.ref, [condition.value]) : []
    case 'null':
      return condition.negated ? [] : pin(condition.ref, [null])
    case 'in':
      return condition.negated ? [] : pin(condition.ref, condition.values)
    case 'and':
      return condition.parts.length === 1
        ? pinsOf(condition.parts[0] as Condition)
        : narrowest(condition.parts.flatMap(pinsOf))
    case 'or':
      return commonPins(condition.parts)
    case 'not':
      return []
  }
}

function pin(ref: ColumnRef, values: readonly SqlValue[]): readonly Pin[] {
  // Bytes have no cheap equality to index by.
  if (ref.column.type === 'blob') return []
  return [
    { table: ref.column.table, column: ref.column.name, values: values.length < 2 ? values : [...new Set(values)] },
  ]
}

/** One pin a column: the shortest says most. */
function narrowest(pins: readonly Pin[]): readonly Pin[] {
  const byColumn = new Map<string, Pin>()
  for (const one of pins) {
    const other = byColumn.get(one.column)
    if (!other || one.values.length < other.values.length) byColumn.set(one.column, one)
  }
  return [...byColumn.values()]
}

function commonPins(branches: readonly Condition[]): readonly Pin[] {
  const [first, ...rest] = branches.map(pinsOf)
  if (!first) return []
  return first.flatMap((one) => {
    const values = new Set(one.values)
    for (const branch of rest) {
      const same = branch.find((other) => other.column === one.column)
      if (!same) return []
      for (const value of same.values) values.add(value)
    }
    return [{ ...one, values: [...values] }]
  })
}

/** The full key that a condition pins to one row, in key order; null when it may hold for others. */
export function pinnedKey(condition: Condition | null, key: readonly ColumnRef[]): readonly SqlValue[] | null {
  if (!condition) return null
  // The commonest write, without the general way's allocations.
  if (condition.kind === 'compare' && key.length === 1) {
    return condition.ref === key[0] && condition.operator === '=' ? [condition.value] : null
  }
  const parts = condition.kind === 'and' ? condition.parts : [condition]
  const values: SqlValue[] = []
  for (const ref of key) {
    const found = parts.find((part) => part.kind === 'compare' && part.operator === '=' && part.ref === ref)
    if (found?.kind !== 'compare') return null
    values.push(found.value)
  }
  return values
}
