import { DatabaseSync } from 'node:sqlite'
import { StoreError } from '@livefold/core/adapter'
import { LogSync } from './log-sync.ts'
import { addSums } from './log-tables.ts'
import { storageError } from './storage-error.ts'

/** Raised with every change of the tables below; an older format is migrated (1: events without `sum`), a newer one refused. */
const FORMAT = 2

/** How long a write waits for another program on the file (a backup, a shell), ms. It holds up the whole process. */
const BUSY_MS = 1_000

const TABLES = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE stores (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE events (
    store INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    args TEXT NOT NULL,
    client TEXT NOT NULL,
    session TEXT NOT NULL,
    parent INTEGER NOT NULL,
    at REAL NOT NULL,
    joined INTEGER NOT NULL,
    sum INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (store, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX events_by_id ON events (store, id);
`

/** Whose each client and session id is. Older files are without it, and older servers do not look at it. */
const OWNERS = `
  CREATE TABLE IF NOT EXISTS owners (
    store INTEGER NOT NULL,
    id TEXT NOT NULL,
    owner TEXT NOT NULL,
    PRIMARY KEY (store, id)
  ) STRICT, WITHOUT ROWID;
`

/** An opened log: its database, the name it was born with, and how to let go of it. */
export interface LogFile {
  readonly database: DatabaseSync
  readonly backendId: string
  /** Resolves when all that was committed before the call is on the disk; until then loss of power may take it back. */
  sync(): Promise<void>
  /** No sync may be under way. */
  close(): void
}

/**
 * Opens the log at `file`, or makes it; `:memory:` makes one that lives as long as the process.
 * @throws StoreError `storage/locked` when another process has it, `storage/version` when a newer Livefold wrote it,
 * `storage/corrupt` when it is no log of ours or damaged, `storage/io` when it cannot be opened
 */
export function openLogFile(file: string, newId: () => string): LogFile {
  const lock = file === ':memory:' ? null : lockFile(file)
  let database: DatabaseSync | null = null
  try {
    database = new DatabaseSync(file, { timeout: BUSY_MS })
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    const backendId = prepareTables(database, file, newId)
    database.exec(OWNERS)
    // From here on whoever commits also syncs: FULL would hold up the whole process at every commit.
    database.exec('PRAGMA synchronous = NORMAL')
    const opened = database
    const sync = lock ? new LogSync(file) : null
    return {
      database,
      backendId,
      sync: async () => sync?.sync(),
      close() {
        sync?.close()
        opened.close()
        lock?.close()
      },
    }
  } catch (thrown) {
    database?.close()
    lock?.close()
    throw storageError(file, thrown)
  }
}

/**
 * Two servers on one file would each order events as if alone in telling their clients. So a server holds an open
 * transaction on an empty database beside the log; the operating system ends it with the process, however it dies.
 * The log itself stays readable for backups.
 */
function lockFile(file: string): DatabaseSync {
  let lock: DatabaseSync | null = null
  try {
    lock = new DatabaseSync(`${file}-lock`, { timeout: 0 })
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return lock
  } catch (thrown) {
    lock?.close()
    const error = storageError(`${file}-lock`, thrown)
    if (error.code !== 'storage/locked') throw error
    throw new StoreError(
      'storage/locked',
      `The event log ${file} is in use by another server. Stop that one, or give this one a directory of its own.`,
      { cause: thrown, details: { file }, retry: 'backoff' },
    )
  }
}

function prepareTables(database: DatabaseSync, file: string, newId: () => string): string {
  const names = database.prepare('SELECT name FROM sqlite_schema').all()
  if (names.length === 0) return createTables(database, newId())
  const { format, backendId } = identityOf(database, file)
  // A name that is not found would be taken for a store without events.
  const problem = database.prepare('PRAGMA integrity_check(stores)').get()?.integrity_check
  if (problem !== 'ok') {
    throw new StoreError('storage/corrupt', `The event log ${file} is damaged: ${problem}. Restore it from a backup.`)
  }
  if (format < 2) migrate(database)
  return backendId
}

/**
 * What a log says of itself.
 *
 * @throws StoreError `storage/corrupt` when it is none of ours, `storage/version` when a newer Livefold wrote it
 */
export function identityOf(database: DatabaseSync, file: string): { format: number; backendId: string } {
  const names = new Set(
    database
      .prepare('SELECT name FROM sqlite_schema')
      .all()
      .map((row) => row.name),
  )
  if (!names.has('meta') || !names.has('events')) {
    throw new StoreError('storage/corrupt', `${file} is a SQLite database, but no Livefold log. Give another path.`)
  }
  const meta = new Map(
    database
      .prepare('SELECT key, value FROM meta')
      .all()
      .map((row) => [row.key, row.value]),
  )
  const format = Number(meta.get('format'))
  if (format > FORMAT) {
    throw new StoreError(
      'storage/version',
      `The event log ${file} has format ${format}, this server knows ${FORMAT}. Update the server.`,
      { details: { file, format } },
    )
  }
  const backendId = meta.get('backendId')
  if (!(format >= 1) || typeof backendId !== 'string') {
    throw new StoreError('storage/corrupt', `The event log ${file} has no readable meta table. Restore a backup.`)
  }
  return { format, backendId }
}

function migrate(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE; ALTER TABLE events ADD COLUMN sum INTEGER NOT NULL DEFAULT 0')
  addSums(database)
  database.exec(`UPDATE meta SET value = '${FORMAT}' WHERE key = 'format'; COMMIT`)
}

function createTables(database: DatabaseSync, backendId: string): string {
  database.exec(`BEGIN IMMEDIATE; ${TABLES}`)
  const put = database.prepare('INSERT INTO meta (key, value) VALUES (?, ?)')
  put.run('format', String(FORMAT))
  put.run('backendId', backendId)
  database.exec('COMMIT')
  return backendId
}
