import { StoreError, type StoreErrorCode } from '../base/errors.ts'

export const SQLITE_ERROR = 1
export const SQLITE_PERM = 3
export const SQLITE_ABORT = 4
export const SQLITE_BUSY = 5
export const SQLITE_LOCKED = 6
export const SQLITE_NOMEM = 7
export const SQLITE_READONLY = 8
export const SQLITE_INTERRUPT = 9
export const SQLITE_IOERR = 10
export const SQLITE_CORRUPT = 11
export const SQLITE_FULL = 13
export const SQLITE_CANTOPEN = 14
export const SQLITE_PROTOCOL = 15
export const SQLITE_NOLFS = 22
export const SQLITE_AUTH = 23
export const SQLITE_NOTADB = 26

/** What SQLite was asked to do: decides who is to blame for an error that is not the environment's. */
export type SqliteTask = 'prepare' | 'bind' | 'run'

interface EnvironmentFault {
  readonly code: StoreErrorCode
  readonly retry: 'no' | 'backoff' | 'restart'
  readonly advice: string
}

/** Primary result codes that say nothing about the statement: the environment failed, no event may be judged by them. */
const environment: ReadonlyMap<number, EnvironmentFault> = new Map<number, EnvironmentFault>([
  [SQLITE_FULL, { code: 'storage/full', retry: 'backoff', advice: 'free disk space or raise the quota' }],
  [SQLITE_BUSY, { code: 'storage/locked', retry: 'backoff', advice: 'close the other user of this database' }],
  [SQLITE_LOCKED, { code: 'storage/locked', retry: 'backoff', advice: 'close the other user of this database' }],
  [SQLITE_PROTOCOL, { code: 'storage/locked', retry: 'backoff', advice: 'close the other user of this database' }],
  [SQLITE_NOMEM, { code: 'storage/io', retry: 'restart', advice: 'memory is used up; close something' }],
  [SQLITE_IOERR, { code: 'storage/io', retry: 'backoff', advice: 'check disk and quota' }],
  [SQLITE_INTERRUPT, { code: 'storage/io', retry: 'backoff', advice: 'try again' }],
  [
    SQLITE_CANTOPEN,
    { code: 'storage/io', retry: 'restart', advice: 'check the path, its permissions and free handles' },
  ],
  [SQLITE_READONLY, { code: 'storage/io', retry: 'no', advice: 'make the database writable' }],
  [SQLITE_PERM, { code: 'storage/io', retry: 'no', advice: 'make the database accessible' }],
  [SQLITE_NOLFS, { code: 'storage/io', retry: 'no', advice: 'the file is too large for this system' }],
  [SQLITE_CORRUPT, { code: 'storage/corrupt', retry: 'no', advice: 'restore the database or delete the store' }],
  [SQLITE_NOTADB, { code: 'storage/corrupt', retry: 'no', advice: 'restore the database or delete the store' }],
])

const maxQuotedSql = 300

/** Shortens SQL for messages. */
export function quoteSql(sql: string): string {
  return sql.length > maxQuotedSql ? `${sql.slice(0, maxQuotedSql)} …` : sql
}

/**
 * The error for a result code of SQLite. The environment's codes become `storage/*` whatever the task; the rest is
 * `query/invalid` while compiling and binding, `materializer/failed` while running.
 *
 * @param resultCode extended or primary result code; kept in `details.sqlite`
 */
export function sqliteError(resultCode: number, message: string, task: SqliteTask, sql: string): StoreError {
  const details = { sqlite: resultCode, sql: quoteSql(sql) }
  const fault = environment.get(resultCode & 0xff)
  if (fault) {
    return new StoreError(fault.code, `SQLite failed (${resultCode}): ${message}; ${fault.advice}`, {
      details,
      retry: fault.retry,
    })
  }
  const code = task === 'run' ? 'materializer/failed' : 'query/invalid'
  const what =
    task === 'run' ? 'SQL failed' : task === 'bind' ? 'SQL does not take these values' : 'SQL does not compile'
  return new StoreError(code, `${what} (${resultCode}): ${message}, in: ${details.sql}`, { details })
}

export function refusedError(reason: string, sql: string): StoreError {
  return new StoreError('query/invalid', `SQL is refused: ${reason}, in: ${quoteSql(sql)}`, {
    details: { sqlite: SQLITE_AUTH, sql: quoteSql(sql), reason },
  })
}

export function closedError(): StoreError {
  return new StoreError('store/closed', 'The SQLite connection is closed; open the store again')
}
