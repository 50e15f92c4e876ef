import { createHash } from 'node:crypto'
import type { HistoryStore } from './open-store.ts'
import { commitRows, fileRows } from './schema.ts'

/** SHA-256 over every row of both tables, removed paths included: equal exactly when two clients hold the same. */
export function digestOf(store: HistoryStore): string {
  const hash = createHash('sha256')
  for (const row of store.query(fileRows)) hash.update(`${JSON.stringify([row.path, row.blob, row.n])}\n`)
  for (const row of store.query(commitRows)) {
    hash.update(`${JSON.stringify([row.n, row.hash, row.author, row.time, row.subject, row.parts, row.done])}\n`)
  }
  return hash.digest('hex')
}
