import { type Commit, type EventId, type EventRecord, splitCommits } from '../protocol/event-record.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { EVENT_COLUMNS, eventBinds, eventOf } from './event-row.ts'

/** This client's own log of local events: never sent to the backend, positions 1 … head. */
export class LocalLog {
  readonly #driver: SqliteDriver
  #head: number

  constructor(driver: SqliteDriver) {
    this.#driver = driver
    this.#head = Number(driver.prepare('SELECT max(pos) FROM livefold_local_eventlog').value() ?? 0)
  }

  get head(): number {
    return this.#head
  }

  append(commit: Commit): void {
    const insert = `INSERT INTO livefold_local_eventlog (pos, ${EVENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
    for (const event of commit) {
      this.#head += 1
      this.#driver.prepare(insert).run(eventBinds(this.#head, event))
    }
  }

  has(id: EventId): boolean {
    return this.#driver.prepare('SELECT 1 FROM livefold_local_eventlog WHERE id = ?').value([id]) !== undefined
  }

  commitsAfter(position: number): EventRecord[][] {
    const rows = this.#driver
      .prepare(`SELECT ${EVENT_COLUMNS} FROM livefold_local_eventlog WHERE pos > ? ORDER BY pos`)
      .values([position])
    return splitCommits(rows.map((row) => eventOf(row, 0))).commits
  }
}
