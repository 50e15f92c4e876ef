import type { SqliteDriver } from '../sqlite/driver.ts'
import { Eventlog } from './eventlog.ts'
import { LocalLog } from './local-log.ts'
import { Meta } from './meta.ts'
import { PendingLog } from './pending-log.ts'
import { Verdicts } from './verdicts.ts'

/** Everything but the state tables of one store's database, as one thing to hand around. Heads are cached: reopen after a rolled-back transaction. */
export class StoreFile {
  readonly driver: SqliteDriver
  readonly meta: Meta
  readonly eventlog: Eventlog
  readonly pending: PendingLog
  readonly local: LocalLog
  readonly verdicts: Verdicts

  constructor(driver: SqliteDriver) {
    this.driver = driver
    this.meta = new Meta(driver)
    this.eventlog = new Eventlog(driver)
    this.pending = new PendingLog(driver)
    this.local = new LocalLog(driver)
    this.verdicts = new Verdicts(driver)
  }
}
