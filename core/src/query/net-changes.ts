import type { RowDelta } from '../replica/row-changes.ts'
import { rowKey } from '../replica/row-key.ts'
import { Undecided } from './maintained.ts'

/**
 * The changes of several batches, each row once: what it was before the first, and is after the last.
 *
 * @throws Undecided
 */
export function netChanges(changed: readonly RowDelta[]): RowDelta[] {
  const net = new Map<unknown, RowDelta>()
  for (const delta of changed) {
    const id = rowKey(delta.key)
    const first = net.get(id)
    // What it does not tell may have changed before.
    if (first && delta.partial) throw new Undecided()
    net.set(id, first ? { ...delta, before: first.before } : delta)
  }
  return [...net.values()]
}
