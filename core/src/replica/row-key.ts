import type { SqlValue } from '../sqlite/driver.ts'

/** What tells primary keys apart in a Map: the value itself for one column, text for several. */
export function rowKey(key: readonly SqlValue[]): unknown {
  const [first] = key
  if (key.length === 1 && (typeof first === 'string' || typeof first === 'number')) return first
  return JSON.stringify(key, (_, value) =>
    typeof value === 'bigint' ? { integer: String(value) } : value instanceof Uint8Array ? { blob: [...value] } : value,
  )
}
