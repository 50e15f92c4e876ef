import { bindsKey } from '../sql/query-plan.ts'
import type { SqlValue } from '../sqlite/driver.ts'

/** What tells primary keys of one table apart in a Map: the value itself for one column, text for several. */
export function rowKey(key: readonly SqlValue[]): unknown {
  const [first] = key
  return key.length === 1 && (typeof first === 'string' || typeof first === 'number') ? first : bindsKey(key)
}
