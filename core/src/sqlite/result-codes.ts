import { StoreError, type StoreErrorCode } from '../base/errors.ts'

export const SQLITE_ABORT = 4
export const SQLITE_NOMEM = 7
export const SQLITE_AUTH = 23

/** What SQLite was asked to do: decides who is to blame for an error that is not the environment's. */
export type SqliteTask = 'prepare' | 'bind' | 'run'

type Fault = readonly [StoreErrorCode, retry: 'no' | 'backoff' | 'restart', advice: string]

const locked: Fault = ['storage/locked', 'backoff', 'close the other user of this database']
const corrupt: Fault = ['storage/corrupt', 'no', 'restore the database or delete the store']

/** Primary result codes that say nothing about the statement: the environment failed, no event may be judged by them. */
const environment: Readonly<Record<number, Fault>> = {
  /* PERM */ 3: ['storage/io', 'no', 'make the database accessible'],
  /* BUSY */ 5: locked,
  /* LOCKED */ 6: locked,
  [SQLITE_NOMEM]: ['storage/io', 'restart', 'memory is used up; close something'],
  /* READONLY */ 8: ['storage/io', 'no', 'make the database writable'],
  /* INTERRUPT */ 9: ['storage/io', 'backoff', 'try again'],
  /* IOERR */ 10: ['storage/io', 'backoff', 'check disk and quota'],
  /* CORRUPT */ 11: corrupt,
  /* FULL */ 13: ['storage/full', 'backoff', 'free disk space or raise the quota'],
  /* CANTOPEN */ 14: ['storage/io', 'restart', 'check the path, its permissions and free handles'],
  /* PROTOCOL */ 15: locked,
  /* NOLFS */ 22: ['storage/io', 'no', 'the file is too large for this system'],
  /* NOTADB */ 26: corrupt,
}

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
  const fault = environment[resultCode & 0xff]
  if (fault) {
    const [code, retry, advice] = fault
    return new StoreError(code, `SQLite failed (${resultCode}): ${message}; ${advice}`, { details, retry })
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
