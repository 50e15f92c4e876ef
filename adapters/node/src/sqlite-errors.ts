import { messageOf, type SqliteTask, StoreError, sqliteError } from '@livefold/core/adapter'

const SQLITE_ERROR = 1
const SQLITE_AUTH = 23

/** What `node:sqlite` threw, as a `StoreError`; errors that are none of SQLite's pass unchanged. */
export function nodeError(thrown: unknown, task: SqliteTask, sql: string): unknown {
  if (thrown instanceof StoreError || !(thrown instanceof Error)) return thrown
  const { code, errcode } = thrown as { code?: string; errcode?: number }
  if (code !== 'ERR_SQLITE_ERROR') return thrown
  // Our authorizer refuses while a statement is compiled, and never later: it cannot answer in a thread that is being ended.
  if (errcode === SQLITE_AUTH && task !== 'prepare') {
    return new StoreError('storage/io', 'The thread of this store is being ended; another one goes on.', {
      details: { sqlite: errcode, sql },
      retry: 'restart',
    })
  }
  return sqliteError(errcode ?? SQLITE_ERROR, messageOf(thrown), task, sql)
}

/** Node's way to say that an integer does not fit a number. */
export function isIntegerTooLarge(thrown: unknown): boolean {
  return thrown instanceof RangeError && (thrown as { code?: string }).code === 'ERR_OUT_OF_RANGE'
}
