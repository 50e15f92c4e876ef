import type { StoreErrorData } from '../base/errors.ts'
import { type Commit, type EventId, type EventRecord, eventNumber } from '../protocol/event-record.ts'
import type { QuarantinedCommit } from '../protocol/leader-messages.ts'
import type { SqliteDriver, SqlValue } from '../sqlite/driver.ts'

/** Commits that went wrong: rejected ones (taken out of pending) and quarantined ones (confirmed, without effect). */
export class Verdicts {
  readonly #driver: SqliteDriver

  constructor(driver: SqliteDriver) {
    this.#driver = driver
  }

  reject(commit: Commit, error: StoreErrorData): void {
    const text = JSON.stringify(error)
    const commitId = commit[0]?.id ?? ''
    for (const event of commit) {
      this.#driver
        .prepare('INSERT OR REPLACE INTO livefold_rejected VALUES (?, ?, ?, ?)')
        .run([event.id, commitId, JSON.stringify(event), text])
    }
  }

  /** Why an event was rejected; null when it was not. */
  rejectionOf(id: EventId): StoreErrorData | null {
    const text = this.#driver.prepare('SELECT error FROM livefold_rejected WHERE id = ?').value([id])
    return typeof text === 'string' ? (JSON.parse(text) as StoreErrorData) : null
  }

  /** A rejected commit by its first event; null when there is none. */
  rejectedCommit(commitId: EventId): Commit | null {
    const rows = this.#driver.prepare('SELECT event FROM livefold_rejected WHERE commit_id = ?').values([commitId])
    const events = rows.map(([event]) => JSON.parse(String(event)) as EventRecord)
    return events.length > 0 ? events.sort((a, b) => eventNumber(a.id) - eventNumber(b.id)) : null
  }

  quarantine(commit: QuarantinedCommit): void {
    this.#driver
      .prepare('INSERT OR REPLACE INTO livefold_quarantine VALUES (?, ?, ?)')
      .run([commit.seq, JSON.stringify(commit.ids), JSON.stringify(commit.error)])
  }

  /** Rejections as they are stored, for another file. */
  rejectedRows(): SqlValue[][] {
    return this.#driver.prepare('SELECT id, commit_id, event, error FROM livefold_rejected').values()
  }

  restore(rows: readonly SqlValue[][]): void {
    const insert = this.#driver.prepare('INSERT OR IGNORE INTO livefold_rejected VALUES (?, ?, ?, ?)')
    for (const row of rows) insert.run(row)
  }

  /** Before a rebuild, which tries all of them again. */
  clearQuarantine(): void {
    this.#driver.prepare('DELETE FROM livefold_quarantine').run()
  }

  quarantined(): QuarantinedCommit[] {
    const rows = this.#driver.prepare('SELECT seq, ids, error FROM livefold_quarantine ORDER BY seq').values()
    return rows.map(([seq, ids, error]) => ({
      seq: Number(seq),
      ids: JSON.parse(String(ids)) as EventId[],
      error: JSON.parse(String(error)) as StoreErrorData,
    }))
  }
}
