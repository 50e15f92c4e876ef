import { splitCommits } from '../protocol/event-record.ts'
import type { LeaderMessage } from '../protocol/leader-messages.ts'
import type { CommutingSkip } from '../replica/commuting-skip.ts'
import { Rebase } from '../replica/rebase.ts'
import { Replica } from '../replica/replica.ts'
import { type CollectorSource, UnknownChanges } from '../replica/row-changes.ts'
import { SavepointUndo } from '../replica/savepoint-undo.ts'
import { createStateTables } from '../replica/state-tables.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'

type Snapshot = Extract<LeaderMessage, { type: 'snapshot' }>
type Log = Extract<LeaderMessage, { type: 'log' }>

/** What a replica is made of. */
export interface ReplicaSource {
  readonly schema: AnySchema
  /** Opens an empty in-memory database with a row hook: the replica. */
  readonly openReplica: () => SqliteDriver
  /** Null while its code is on its way. */
  readonly skip: () => CommutingSkip | null
  readonly collector: CollectorSource
}

/** A session's replica in the making: nobody reads it, and the session goes on with the one before, until it is whole. */
export class ReplicaBuild {
  readonly dbId: string
  readonly driver: SqliteDriver
  readonly replica: Replica
  readonly rebase: Rebase
  /** Position in the client's log of local events that the tables hold. */
  readonly localHead: number

  private constructor(
    driver: SqliteDriver,
    { schema, skip, collector }: ReplicaSource,
    at: { dbId: string; base: number; localHead: number },
  ) {
    this.dbId = at.dbId
    this.localHead = at.localHead
    this.driver = driver
    const changes = new UnknownChanges(driver, schema, collector).next(true)
    this.replica = new Replica({ driver, schema, base: at.base, undo: new SavepointUndo(driver), changes })
    this.rebase = new Rebase(this.replica.standing, { skip })
  }

  /** From an image of the state tables. */
  static fromSnapshot(source: ReplicaSource, snapshot: Snapshot): ReplicaBuild {
    return onReplica(source, (driver) => {
      driver.deserialize(snapshot.bytes)
      return new ReplicaBuild(driver, source, snapshot)
    })
  }

  /** From the beginning of the log, for a schema that the leader does not have. */
  static fromLog(source: ReplicaSource, dbId: string): ReplicaBuild {
    return onReplica(source, (driver) => {
      createStateTables(driver, source.schema)
      return new ReplicaBuild(driver, source, { dbId, base: 0, localHead: 0 })
    })
  }

  /** True when the page comes next: its confirmed events are in the tables then. */
  take(log: Log): boolean {
    if (log.dbId !== this.dbId || log.after !== this.replica.head) return false
    const { commits } = splitCommits(log.events)
    this.rebase.reconcile({ confirmed: commits, pending: [], unacked: [], local: [], unackedLocal: [] })
    return true
  }

  discard(): void {
    this.replica.close()
    this.driver.close()
  }
}

/** Leaves no database behind where `build` fails: the leader is asked again and again. */
function onReplica(source: ReplicaSource, build: (driver: SqliteDriver) => ReplicaBuild): ReplicaBuild {
  const driver = source.openReplica()
  try {
    return build(driver)
  } catch (thrown) {
    driver.close()
    throw thrown
  }
}
