import type { SqliteDriver } from '../sqlite/driver.ts'
import { CommitLog } from './commit-log.ts'
import { Eventlog } from './eventlog.ts'
import { Meta } from './meta.ts'
import { Verdicts } from './verdicts.ts'

/** Everything but the state tables of one store's database, as one thing to hand around. Heads are cached: reopen after a rolled-back transaction. */
export class StoreFile {
  readonly driver: SqliteDriver
  readonly meta: Meta
  readonly eventlog: Eventlog
  readonly pending: CommitLog
  readonly local: CommitLog
  readonly verdicts: Verdicts

  constructor(driver: SqliteDriver) {
    this.driver = driver
    this.meta = new Meta(driver)
    this.eventlog = new Eventlog(driver)
    this.pending = new CommitLog(driver, 'livefold_pending')
    this.local = new CommitLog(driver, 'livefold_local_eventlog')
    this.verdicts = new Verdicts(driver)
  }
}
