import type { HistoryStore } from './open-store.ts'
import { commitCount, fileCount } from './schema.ts'

/** Git commits folded whole, and the highest number of any; 0 and 0 before the first. */
export function commitState(store: HistoryStore): { complete: number; last: number } {
  return store.query(commitCount)[0] ?? { complete: 0, last: 0 }
}

/** Files of the folded tree. */
export function countFiles(store: HistoryStore): number {
  return store.query(fileCount)[0]?.count ?? 0
}
