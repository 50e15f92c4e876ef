import type { ReplicaDriver } from '../sqlite/driver.ts'
import type { Position } from './undo.ts'

/** What a session's replica goes back to: one savepoint holds base; a second one stands where the unacked commits begin. */
export class Savepoints {
  readonly #driver: ReplicaDriver
  /** Where the second savepoint stands; null when there is none. */
  mark: Position | null = null

  /** Opens the base savepoint; the connection stays inside it for good. */
  constructor(driver: ReplicaDriver) {
    this.#driver = driver
    this.run('SAVEPOINT livefold_base')
  }

  /** The next commits applied are not acked yet. */
  unackedFrom(position: Position): void {
    if (this.mark) this.run('RELEASE livefold_mark')
    this.run('SAVEPOINT livefold_mark')
    this.mark = position
  }

  run(sql: string): void {
    this.#driver.prepare(sql).run()
  }
}
