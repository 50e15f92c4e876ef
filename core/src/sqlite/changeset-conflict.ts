import { StoreError } from '../base/errors.ts'
import { SQLITE_ABORT } from './result-codes.ts'

const kinds: ReadonlyMap<number, string> = new Map([
  [1, 'a row has other values than the changeset says'],
  [2, 'a row is missing'],
  [3, 'a row is there already'],
  [4, 'a constraint forbids a row'],
  [5, 'a foreign key is violated'],
])

/**
 * A changeset that does not fit the tables: they were changed by something that was not recorded.
 *
 * @param kind SQLite's `SQLITE_CHANGESET_*` reason
 */
export function conflictError(kind: number): StoreError {
  const reason = kinds.get(kind) ?? `conflict ${kind}`
  return new StoreError(
    'storage/corrupt',
    `A changeset does not fit the tables: ${reason}; nothing was applied, rebuild the state from the log`,
    { details: { sqlite: SQLITE_ABORT, conflict: kind } },
  )
}
