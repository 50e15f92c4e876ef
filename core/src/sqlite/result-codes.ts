import { type Retry, StoreError, type StoreErrorCode } from '../base/errors.ts'

const SQLITE_PERM = 3
export const SQLITE_ABORT = 4
const SQLITE_BUSY = 5
const SQLITE_LOCKED = 6
export const SQLITE_NOMEM = 7
const SQLITE_READONLY = 8
const SQLITE_INTERRUPT = 9
const SQLITE_IOERR = 10
const SQLITE_CORRUPT = 11
const SQLITE_FULL = 13
const SQLITE_CANTOPEN = 14
const SQLITE_PROTOCOL = 15
const SQLITE_NOLFS = 22
export const SQLITE_AUTH = 23
const SQLITE_NOTADB = 26

/** What SQLite was asked to do: decides who is to blame for an error that is not the environment's. */
export type SqliteTask = 'prepare' | 'bind' | 'read' | 'run'

const maxQuotedSql = 300

/** Shortens SQL for messages. */
export function quoteSql(sql: string): string {
  return sql.length > maxQuotedSql ? `${sql.slice(0, maxQuotedSql)} …` : sql
}

/**
 * The error for a result code of SQLite. The environment's codes become `storage/*` whatever the task; the rest is
 * `materializer/failed` where a statement is run, `query/invalid` where it is compiled, bound or read from.
 *
 * @param resultCode extended or primary result code; kept in `details.sqlite`
 */
export function sqliteError(resultCode: number, message: string, task: SqliteTask, sql: string): StoreError {
  const details = { sqlite: resultCode, sql: quoteSql(sql) }
  const told = { message, details }
  // The environment failed, whatever the statement is: no event may be judged by these.
  switch (resultCode & 0xff) {
    case SQLITE_PERM:
      return fault(told, 'storage/io', 'no', 'make the database accessible')
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return fault(told, 'storage/locked', 'backoff', 'close the other user of this database')
    case SQLITE_NOMEM:
      return fault(told, 'storage/io', 'restart', 'memory is used up; close something')
    case SQLITE_READONLY:
      return fault(told, 'storage/io', 'no', 'make the database writable')
    case SQLITE_INTERRUPT:
      return fault(told, 'storage/io', 'backoff', 'try again')
    case SQLITE_IOERR:
      return fault(told, 'storage/io', 'backoff', 'check disk and quota')
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return fault(told, 'storage/corrupt', 'no', 'restore the database or delete the store')
    case SQLITE_FULL:
      return fault(told, 'storage/full', 'backoff', 'free disk space or raise the quota')
    case SQLITE_CANTOPEN:
      return fault(told, 'storage/io', 'restart', 'check the path, its permissions and free handles')
    case SQLITE_NOLFS:
      return fault(told, 'storage/io', 'no', 'the file is too large for this system')
  }
  const code = task === 'run' ? 'materializer/failed' : 'query/invalid'
  const what =
    task === 'bind' ? 'SQL does not take these values' : task === 'prepare' ? 'SQL does not compile' : 'SQL failed'
  return new StoreError(code, `${what} (${resultCode}): ${message}, in: ${details.sql}`, { details })
}

interface Told {
  readonly message: string
  readonly details: { readonly sqlite: number }
}

function fault({ message, details }: Told, code: StoreErrorCode, retry: Retry, advice: string): StoreError {
  return new StoreError(code, `SQLite failed (${details.sqlite}): ${message}; ${advice}`, { details, retry })
}

export function refusedError(reason: string, sql: string): StoreError {
  return new StoreError('query/invalid', `SQL is refused: ${reason}, in: ${quoteSql(sql)}`, {
    details: { sqlite: SQLITE_AUTH, sql: quoteSql(sql) },
  })
}

export function closedError(): StoreError {
  return new StoreError('store/closed', 'The SQLite connection is closed; open the store again')
}
