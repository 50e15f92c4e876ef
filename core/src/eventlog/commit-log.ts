import { type Commit, type EventId, type EventRecord, splitCommits } from '../protocol/event-record.ts'
import type { SqliteDriver, SqlValue } from '../sqlite/driver.ts'
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
    return this.#placeOf(id) !== undefined
  }

  /** From the event of this id to the end of its commit; null when it is not here. */
  commit(id: EventId): EventRecord[] | null {
    if (this.#head === 0) return null
    const from = this.#placeOf(id)
    if (from === undefined) return null
    const to = this.#driver
      .prepare(`SELECT pos FROM ${this.#table} WHERE pos >= ? AND joined = 0 ORDER BY pos LIMIT 1`)
      .value([from])
    const rows = this.#driver
      .prepare(`SELECT ${EVENT_COLUMNS} FROM ${this.#table} WHERE pos BETWEEN ? AND ? ORDER BY pos`)
      .values([from, to ?? from])
    return rows.map((row) => eventOf(row))
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

  #placeOf(id: EventId): SqlValue | undefined {
    return this.#driver.prepare(`SELECT pos FROM ${this.#table} WHERE id = ?`).value([id])
  }
}
