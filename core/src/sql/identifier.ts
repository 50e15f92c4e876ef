import { hex } from '../base/bytes.ts'

/** `name` as an SQL identifier; any Unicode name is safe. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** `text` as an SQL literal, for DDL only: queries and writes bind. */
export function quoteText(text: string): string {
  // SQLite reads SQL up to the first NUL, so such a text goes in as bytes.
  if (text.includes('\0')) return `(cast(${quoteBytes(new TextEncoder().encode(text))} as text))`
  return `'${text.replaceAll("'", "''")}'`
}

/** `bytes` as an SQL blob literal. */
export function quoteBytes(bytes: Uint8Array): string {
  return `x'${hex(bytes)}'`
}

/** Why `name` cannot be the name of a table or column; null when it can. */
export function whyNotName(name: unknown): string | null {
  if (typeof name !== 'string' || name === '') return 'a name is a text of at least one character'
  if (name.includes('\0') || !name.isWellFormed()) return 'NUL and lone surrogates cannot be part of a name'
  // Rows are plain objects: a member of this name would set their prototype.
  if (name === '__proto__') return '"__proto__" is not a safe name'
  return null
}
