import { StoreError } from '../../base/errors.ts'
import type { Commit, ConfirmedEvent, EventRecord } from '../../protocol/event-record.ts'
import { splitCommits } from '../../protocol/event-record.ts'
import { digest } from '../../replica/digest.ts'
import { Materialize } from '../../replica/materialize.ts'
import { createStateTables } from '../../replica/state-tables.ts'
import type { AnySchema } from '../../schema/schema.ts'
import type { SqliteDriver } from '../../sqlite/driver.ts'

/**
 * The oracle's own fold of a log, in a database of its own, without undo, rebase or batches: what state has to equal
 * (rule STATE-1). Grows with the log; what is pending is folded on top for one look and taken off again.
 */
export class Fold {
  head = 0
  /** Places of the confirmed commits that throw. */
  readonly failed: number[] = []
  /** Places of the confirmed commits without effect: those, and the ones with an event that the schema does not know. */
  readonly idle: number[] = []
  readonly #driver: SqliteDriver
  readonly #schema: AnySchema
  readonly #materialize: Materialize
  #locals = 0

  constructor(driver: SqliteDriver, schema: AnySchema) {
    this.#driver = driver
    this.#schema = schema
    createStateTables(driver, schema)
    this.#materialize = new Materialize(driver, schema)
  }

  /** Folds the confirmed events after `head`; the others it has. */
  confirm(events: readonly ConfirmedEvent[]): void {
    if ((events.at(-1)?.seq ?? 0) <= this.head) return
    const { commits } = splitCommits(events.filter((event) => event.seq > this.head))
    for (const commit of commits) {
      const { seq } = commit[0] as ConfirmedEvent
      const ran = this.#run(commit, false)
      if (!ran) this.failed.push(seq)
      if (!ran || commit.some(({ name }) => !this.#schema.events.has(name))) this.idle.push(seq)
      this.head += commit.length
    }
  }

  /** Folds a client's local log from where it left off. */
  local(events: readonly EventRecord[]): void {
    const { commits } = splitCommits(events.slice(this.#locals))
    for (const commit of commits) this.#run(commit, true)
    this.#locals = events.length
  }

  /** Digest of the synced tables, with these commits on top. */
  digest(pending: readonly Commit[] = []): string {
    this.#driver.prepare('SAVEPOINT look').run()
    for (const commit of pending) this.#run(commit, false)
    const result = digest(this.#driver, this.#schema.syncedTables)
    this.#driver.prepare('ROLLBACK TO look').run()
    this.#driver.prepare('RELEASE look').run()
    return result
  }

  localDigest(): string {
    return digest(this.#driver, this.#schema.localTables)
  }

  /** Rows of one table, for a message that shows the difference. */
  rows(table: string): unknown[] {
    return this.#driver.prepare(`SELECT * FROM ${table} ORDER BY 1`).values()
  }

  /** Local events folded. */
  get locals(): number {
    return this.#locals
  }

  close(): void {
    this.#driver.close()
  }

  /** False when the commit has no effect. */
  #run(commit: Commit, local: boolean): boolean {
    this.#driver.prepare('SAVEPOINT fold').run()
    try {
      this.#materialize.commit(commit, local)
      return true
    } catch (thrown) {
      if (thrown instanceof StoreError && thrown.code.startsWith('materializer/')) return false
      throw thrown
    } finally {
      this.#driver.prepare('RELEASE fold').run()
    }
  }
}
