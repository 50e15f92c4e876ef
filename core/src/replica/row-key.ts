import type { SqlValue } from '../sqlite/driver.ts'

/** What tells primary keys apart in a Map: the value itself for one column, text for several. */
export function rowKey(key: readonly SqlValue[]): unknown {
  const [first] = key
  if (key.length === 1 && (typeof first === 'string' || typeof first === 'number')) return first
  return JSON.stringify(key, (_, value) => {
    if (typeof value === 'bigint') return { integer: String(value) }
    if (value instanceof Uint8Array) return { blob: [...value] }
    // JSON has no infinity, which raw SQL may have stored.
    return value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY ? { real: String(value) } : value
  })
}
