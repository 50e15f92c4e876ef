import { hex } from '../base/bytes.ts'
import { Hash } from '../base/hash.ts'
import { quoteName } from '../sql/identifier.ts'
import type { ReplicaDriver, SqlValue } from '../sqlite/driver.ts'

interface DigestTable {
  readonly name: string
  readonly columns: readonly { readonly name: string }[]
  readonly primaryKey: readonly string[]
}

/**
 * 16 hex digits over all rows of the given tables: equal states give equal digests, on every driver.
 * Tables and columns count by name, rows in key order. Reads everything: for tests and the development check.
 */
export function digest(driver: ReplicaDriver, tables: readonly DigestTable[]): string {
  const hash = new Hash()
  for (const table of [...tables].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const columns = table.columns.map((column) => column.name).sort()
    hash.add(`table ${table.name}`)
    const sql = `SELECT ${columns.map(quoteName).join(', ')} FROM ${quoteName(table.name)} ORDER BY ${table.primaryKey.map(quoteName).join(', ')}`
    for (const row of driver.prepare(sql).values()) for (const value of row) hash.add(textOf(value))
  }
  return hash.digest()
}

/** One text per stored value; the first character is its type. */
function textOf(value: SqlValue): string {
  if (value === null) return '-'
  if (typeof value === 'string') return `t${value}`
  if (typeof value === 'number' || typeof value === 'bigint') return `n${value}`
  return `b${hex(value)}`
}
