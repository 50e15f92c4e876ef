import { StoreError } from '../base/errors.ts'
import type { Commit, EventRecord } from '../protocol/event-record.ts'
import type { WriteOperation } from '../sql/write.ts'
import { type CommitWrites, noWrites } from './commit-writes.ts'
import { isEnvironment, type Materialize } from './materialize.ts'

/** What a synced commit writes on whatever state. Not `pure` when that depends on the state, or a materializer throws: ends before that event then. */
export function foretell(materialize: Materialize, commit: Commit): CommitWrites {
  if (!materialize.knows(commit, false)) return noWrites
  let writes: readonly WriteOperation[] = []
  const ends: number[] | null = commit.length > 1 ? [] : null
  let pure = false
  hasRead = false
  try {
    for (let i = 0; i < commit.length; i++) {
      const more = materialize.evaluate(commit[i] as EventRecord, refused)
      // Its own handler may have swallowed the refusal.
      if (hasRead) break
      writes = ends ? [...writes, ...more] : more
      ends?.push(writes.length)
    }
    pure = !hasRead
  } catch {
    // Whether it is at fault shows when it is applied at its place.
  }
  return { writes, ends, pure }
}

/** The materializer that ran last has asked. One for all calls, of which none comes within another: a closure a call costs 0.1 µs. */
let hasRead = false

/** `ctx.query` of what is foretold. */
function refused(): never {
  hasRead = true
  throw new StoreError('materializer/failed', 'What this event writes depends on the state.')
}

/** Runs writes of synced commits that are applied once more. False when one fails: those before it stay. */
export function repeat(materialize: Materialize, writes: Iterable<WriteOperation>): boolean {
  try {
    for (const write of writes) materialize.write(write)
    return true
  } catch (thrown) {
    if (isEnvironment(thrown)) throw thrown
    materialize.changes?.distrust()
    return false
  }
}
