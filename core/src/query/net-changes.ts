import type { RowDelta } from '../replica/change-collector.ts'
import type { SqlValue } from '../sqlite/driver.ts'
import { storedKey } from './stored-value.ts'

/** The changes of several batches, each row once: what it was before the first, and is after the last. */
export function netChanges(changed: readonly RowDelta[]): RowDelta[] {
  const net = new Map<string, RowDelta>()
  for (const delta of changed) {
    const id = JSON.stringify(delta.key.map(part))
    const first = net.get(id)
    net.set(id, first ? { ...delta, before: first.before } : delta)
  }
  return [...net.values()]
}

/** Keys of one table have the same types in the same places. */
function part(value: SqlValue): unknown {
  const key = storedKey(value)
  return typeof key === 'bigint' ? String(key) : key
}
