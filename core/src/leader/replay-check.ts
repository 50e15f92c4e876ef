import { StoreError } from '../base/errors.ts'
import { splitCommits } from '../protocol/event-record.ts'
import { digest } from '../replica/digest.ts'
import { attempt } from '../replica/leader-replica.ts'
import { Materialize } from '../replica/materialize.ts'
import { createStateTables } from '../replica/state-tables.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import type { LeaderState } from './leader-state.ts'
import { takeSnapshot } from './snapshot.ts'

/** Longer logs are not replayed for the check. */
const LONGEST = 10_000

/**
 * For development: folds the log once more and compares with the state that is there. They differ when a materializer was changed
 * and `version` was not: clients would then hold different states for one log, and none would know.
 *
 * @returns what to tell the developer, or null.
 */
export function replayDiffers(
  state: LeaderState,
  schema: AnySchema,
  openMemory: () => SqliteDriver,
): StoreError | null {
  const { base } = state
  if (base === null || base > LONGEST) return null
  const stored = openMemory()
  const replayed = openMemory()
  try {
    stored.deserialize(takeSnapshot(state.file.driver, openMemory, schema))
    createStateTables(replayed, schema)
    replay(replayed, schema, state, base)
    if (digest(stored, schema.syncedTables) === digest(replayed, schema.syncedTables)) return null
  } finally {
    stored.close()
    replayed.close()
  }
  return new StoreError('schema/invalid', differing(schema.version), {
    details: { version: schema.version },
    retry: 'restart',
  })
}

/** A function, so that what development alone says has no entry among the texts of production. */
function differing(version: number): string {
  return (
    `The materializers give another state for this log than the one stored under version ${version}: ` +
    'raise `version` in defineSchema, so that every client folds its state anew.'
  )
}

function replay(driver: SqliteDriver, schema: AnySchema, state: LeaderState, base: number): void {
  const materialize = new Materialize(driver, schema)
  driver.transaction(() => {
    // A commit that fails is quarantined: it has no effect in the stored state either.
    for (const commit of splitCommits(state.read(0, base)).commits) attempt(materialize, commit, false)
  })
}
