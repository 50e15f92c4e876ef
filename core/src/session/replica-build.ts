import { splitCommits } from '../protocol/event-record.ts'
import type { LeaderMessage } from '../protocol/leader-messages.ts'
import { Rebase } from '../replica/rebase.ts'
import type { Replica } from '../replica/replica.ts'
import { SavepointUndo } from '../replica/savepoint-undo.ts'
import { createStateTables } from '../replica/state-tables.ts'
import type { SessionOptions } from './session.ts'
import { newReplica, replicaOn } from './snapshot-replica.ts'

type Log = Extract<LeaderMessage, { type: 'log' }>

/**
 * A replica that is folded from the beginning of the log, for a schema that the leader does not have: nobody reads it, and the session goes on
 * with the one before, until it is whole.
 */
export class ReplicaBuild {
  readonly dbId: string
  readonly replica: Replica
  /** Position in the client's log of local events that the tables hold. */
  readonly localHead: number = 0
  readonly #rebase: Rebase

  constructor(options: SessionOptions, dbId: string) {
    this.dbId = dbId
    this.replica = newReplica(options, (driver) => {
      createStateTables(driver, options.schema)
      return replicaOn(driver, options, 0)
    })
    this.#rebase = new Rebase(this.replica.standing, { undo: new SavepointUndo(this.replica.standing) })
  }

  /** True when the page comes next: its confirmed events are in the tables then. */
  take(log: Log): boolean {
    if (log.dbId !== this.dbId || log.after !== this.replica.head) return false
    const { commits } = splitCommits(log.events)
    this.#rebase.reconcile({ confirmed: commits, pending: [], unacked: [], local: [], unackedLocal: [] })
    return true
  }

  discard(): void {
    this.replica.close()
    this.replica.driver.close()
  }
}
