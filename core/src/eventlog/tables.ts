import { StoreError } from '../base/errors.ts'
import type { SqliteDriver, SqlValue } from '../sqlite/driver.ts'
import { damageError } from './damage.ts'
import { EVENT_COLUMNS, sumOf } from './event-row.ts'
import { Meta } from './meta.ts'

/** Form of the tables below. A file with a higher number is refused and left as it is. */
export const FORMAT_VERSION = 2

/** Tables of events, by what their position is called. */
export const EVENT_TABLES = {
  livefold_eventlog: 'seq',
  livefold_pending: 'pos',
  livefold_local_eventlog: 'pos',
} as const

const eventTable = (name: string, position: 'seq' | 'pos') => `
CREATE TABLE IF NOT EXISTS ${name} (
  ${position} INTEGER PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL, args TEXT NOT NULL, client_id TEXT NOT NULL,
  session_id TEXT NOT NULL, parent INTEGER NOT NULL, at INTEGER NOT NULL, joined INTEGER NOT NULL,
  sum INTEGER NOT NULL) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS ${name}_id ON ${name} (id);`

/** The prefix keeps the app's own tables (`pending`, `meta` …) free of ours. */
export const LOG_TABLES = `
CREATE TABLE IF NOT EXISTS livefold_meta (key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
${Object.entries(EVENT_TABLES)
  .map(([name, position]) => eventTable(name, position))
  .join('')}
CREATE TABLE IF NOT EXISTS livefold_rejected (
  id TEXT PRIMARY KEY, commit_id TEXT NOT NULL, event TEXT NOT NULL, error TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS livefold_quarantine (
  seq INTEGER PRIMARY KEY, ids TEXT NOT NULL, error TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS livefold_undo (
  pos INTEGER PRIMARY KEY, ids TEXT NOT NULL, errors TEXT NOT NULL, changeset BLOB NOT NULL) STRICT;
`

/**
 * Creates what is missing in a new file.
 *
 * @throws StoreError `storage/version` when a newer Livefold wrote the file; nothing is touched then. `storage/corrupt`.
 */
export function openLogTables(driver: SqliteDriver): void {
  const has = driver.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'livefold_meta'").value() !== undefined
  const format = has ? driver.prepare("SELECT value FROM livefold_meta WHERE key = 'format'").value() : undefined
  if (format !== undefined && Number(format) > FORMAT_VERSION) {
    throw new StoreError(
      'storage/version',
      `This store was written in format ${format}; this Livefold reads up to ${FORMAT_VERSION}. Update the app.`,
      { details: { format: Number(format), supported: FORMAT_VERSION } },
    )
  }
  if (Number(format) === FORMAT_VERSION) return
  if (Number(format) === 1) return driver.transaction(() => addSums(driver))
  // Tables and format are written in one transaction.
  if (has) throw damageError(`it has tables and no format (${format})`)
  driver.transaction(() => {
    driver.exec(LOG_TABLES)
    driver.prepare("INSERT INTO livefold_meta VALUES ('format', ?)").run([FORMAT_VERSION])
  })
}

/** Format 1 kept no checksums. */
function addSums(driver: SqliteDriver): void {
  for (const table of Object.keys(EVENT_TABLES)) {
    driver.exec(`ALTER TABLE ${table} ADD COLUMN sum INTEGER NOT NULL DEFAULT 0`)
    const update = `UPDATE ${table} SET sum = ? WHERE rowid = ?`
    for (const row of driver.prepare(`SELECT ${EVENT_COLUMNS} FROM ${table}`).values()) {
      driver.prepare(update).run([sumOf(row), row[0] as SqlValue])
    }
  }
  driver.prepare("UPDATE livefold_meta SET value = ? WHERE key = 'format'").run([FORMAT_VERSION])
  new Meta(driver).seal()
}
