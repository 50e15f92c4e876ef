import { type Commit, type EventId, type EventRecord, splitCommits } from '../protocol/event-record.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { EVENT_COLUMNS, eventBinds, eventOf, insertInto } from './event-row.ts'

/**
 * Commits at positions that only grow, which mean nothing beyond their order: the pending ones, which wait for their place in the
 * global order and are removed then, and this client's local ones, which never leave it.
 */
export class CommitLog {
  readonly #driver: SqliteDriver
  readonly #table: string
  readonly #insert: string
  readonly #remove: string
  #head: number

  constructor(driver: SqliteDriver, table: 'livefold_pending' | 'livefold_local_eventlog') {
    this.#driver = driver
    this.#table = table
    this.#insert = insertInto(table)
    this.#remove = `DELETE FROM ${table} WHERE id = ?`
    this.#head = Number(driver.prepare(`SELECT max(pos) FROM ${table}`).value() ?? 0)
  }

  /** Last position given. */
  get head(): number {
    return this.#head
  }

  append(commit: Commit): void {
    const insert = this.#driver.prepare(this.#insert)
    for (const event of commit) {
      this.#head += 1
      insert.run(eventBinds(this.#head, event))
    }
  }

  has(id: EventId): boolean {
    return this.#driver.prepare(`SELECT 1 FROM ${this.#table} WHERE id = ?`).value([id]) !== undefined
  }

  remove(id: EventId): void {
    this.#driver.prepare(this.#remove).run([id])
  }

  commitsAfter(position: number): EventRecord[][] {
    const rows = this.#driver
      .prepare(`SELECT ${EVENT_COLUMNS} FROM ${this.#table} WHERE pos > ? ORDER BY pos`)
      .values([position])
    return splitCommits(rows.map((row) => eventOf(row))).commits
  }
}
