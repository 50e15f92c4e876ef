import { type Commit, splitCommits } from '../protocol/event-record.ts'
import type { LeaderMessage } from '../protocol/leader-messages.ts'
import { appliedOf } from '../replica/applied.ts'
import { Replica } from '../replica/replica.ts'
import { UnknownChanges } from '../replica/row-changes.ts'
import { Savepoints } from '../replica/savepoints.ts'
import type { Standing } from '../replica/standing.ts'
import type { ReplicaDriver } from '../sqlite/driver.ts'
import type { SessionOptions } from './session.ts'

type Snapshot = Extract<LeaderMessage, { type: 'snapshot' }>

/** A replica from an image of the state tables, with what the leader tells of beside: confirmed after the image, and pending. */
export function snapshotReplica(options: SessionOptions, snapshot: Snapshot, pending: readonly Commit[]): Replica {
  return newReplica(options, (driver) => {
    driver.deserialize(snapshot.bytes)
    const replica = replicaOn(driver, options, snapshot.base)
    begin(replica.standing, splitCommits(snapshot.confirmed).commits, pending)
    return replica
  })
}

/** Leaves no database behind where `build` fails: the leader is asked again and again. */
export function newReplica(options: SessionOptions, build: (driver: ReplicaDriver) => Replica): Replica {
  const driver = options.openReplica()
  try {
    return build(driver)
  } catch (thrown) {
    driver.close()
    throw thrown
  }
}

export function replicaOn(driver: ReplicaDriver, { schema, parts }: SessionOptions, base: number): Replica {
  const changes = new UnknownChanges(driver, schema, () => parts()?.ChangeCollector ?? null).next(true)
  return new Replica({ driver, schema, base, savepoints: new Savepoints(driver), changes })
}

/** Applies what comes after base. A commit that throws has no effect for now. */
function begin(standing: Standing, confirmed: readonly Commit[], pending: readonly Commit[]): void {
  for (const commit of confirmed) {
    standing.confirmed.push(commit)
    standing.head += commit.length
  }
  for (const commit of [...confirmed, ...pending])
    standing.applied.push(appliedOf(commit, standing.materialize.outcome(commit, false)))
  standing.tell()
}
