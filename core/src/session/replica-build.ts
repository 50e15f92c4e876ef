import { splitCommits } from '../protocol/event-record.ts'
import type { LeaderMessage } from '../protocol/leader-messages.ts'
import { ChangeCollector } from '../replica/change-collector.ts'
import { commutingSkip } from '../replica/commuting-skip.ts'
import { Replica } from '../replica/replica.ts'
import { SavepointUndo } from '../replica/savepoint-undo.ts'
import { createStateTables } from '../replica/state-tables.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'

type Snapshot = Extract<LeaderMessage, { type: 'snapshot' }>
type Log = Extract<LeaderMessage, { type: 'log' }>

/** A session's replica in the making: nobody reads it, and the session goes on with the one before, until it is whole. */
export class ReplicaBuild {
  readonly dbId: string
  readonly driver: SqliteDriver
  readonly replica: Replica
  /** Position in the client's log of local events that the tables hold. */
  readonly localHead: number

  private constructor(driver: SqliteDriver, schema: AnySchema, at: { dbId: string; base: number; localHead: number }) {
    this.dbId = at.dbId
    this.localHead = at.localHead
    this.driver = driver
    const changes = new ChangeCollector(driver, schema)
    this.replica = new Replica({
      driver,
      schema,
      base: at.base,
      undo: new SavepointUndo(driver),
      skip: commutingSkip,
      changes,
    })
  }

  /** From an image of the state tables. */
  static fromSnapshot(driver: SqliteDriver, schema: AnySchema, snapshot: Snapshot): ReplicaBuild {
    driver.deserialize(snapshot.bytes)
    return new ReplicaBuild(driver, schema, snapshot)
  }

  /** From the beginning of the log, for a schema that the leader does not have. */
  static fromLog(driver: SqliteDriver, schema: AnySchema, dbId: string): ReplicaBuild {
    createStateTables(driver, schema)
    return new ReplicaBuild(driver, schema, { dbId, base: 0, localHead: 0 })
  }

  /** True when the page comes next: its confirmed events are in the tables then. */
  take(log: Log): boolean {
    if (log.dbId !== this.dbId || log.after !== this.replica.head) return false
    const { commits } = splitCommits(log.events)
    this.replica.reconcile({ confirmed: commits, pending: [], unacked: [], local: [], unackedLocal: [] })
    return true
  }

  discard(): void {
    this.replica.close()
    this.driver.close()
  }
}
