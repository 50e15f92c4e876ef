import { type Commit, type EventId, type EventRecord, splitCommits } from '../protocol/event-record.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { EVENT_COLUMNS, eventBinds, eventOf } from './event-row.ts'

/** Events that wait for their place in the global order. The order changes only by removal and append. */
export class PendingLog {
  readonly #driver: SqliteDriver
  #last: number

  constructor(driver: SqliteDriver) {
    this.#driver = driver
    this.#last = Number(driver.prepare('SELECT max(pos) FROM livefold_pending').value() ?? 0)
  }

  append(commit: Commit): void {
    const insert = `INSERT INTO livefold_pending (pos, ${EVENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
    for (const event of commit) {
      this.#last += 1
      this.#driver.prepare(insert).run(eventBinds(this.#last, event))
    }
  }

  remove(id: EventId): void {
    this.#driver.prepare('DELETE FROM livefold_pending WHERE id = ?').run([id])
  }

  commits(): EventRecord[][] {
    const rows = this.#driver.prepare(`SELECT ${EVENT_COLUMNS} FROM livefold_pending ORDER BY pos`).values()
    return splitCommits(rows.map((row) => eventOf(row, 0))).commits
  }
}
