import { StoreError } from '../base/errors.ts'
import type { Commit } from '../protocol/event-record.ts'
import { appliedOf } from './applied.ts'
import { eventCount } from './commit-id.ts'
import type { Materialize } from './materialize.ts'
import { Replica } from './replica.ts'
import type { StandingOptions } from './standing.ts'

export interface LeaderReplicaOptions extends StandingOptions {
  /** Commits confirmed after base. */
  readonly confirmed: readonly Commit[]
  /** Commits applied on top of base, as the undo strategy holds them; the first reconcile brings them in line. */
  readonly applied: readonly { readonly commit: Commit; readonly error: StoreError | null }[]
}

/** The state in a leader's file. */
export class LeaderReplica extends Replica {
  constructor(options: LeaderReplicaOptions) {
    super(options)
    const { confirmed, applied } = options
    const { standing } = this
    standing.confirmed.push(...confirmed)
    standing.head += eventCount(confirmed)
    for (const { commit, error } of applied) standing.applied.push(appliedOf(commit, error))
  }

  /** Applies a local commit for good: nothing here undoes local tables. A commit that throws has no effect. */
  applyLocal(commit: Commit): void {
    attempt(this.standing.materialize, commit, true)
  }

  /**
   * Applies a commit that its leader, having no backend, confirms at once. Nothing may be pending.
   *
   * @returns why the commit is to be rejected; it has no effect then and gets no `seq`.
   */
  applyConfirmed(commit: Commit): StoreError | null {
    const { standing } = this
    const error = attempt(standing.materialize, commit, false)
    if (error) return error
    standing.head += commit.length
    standing.base = standing.head
    standing.tell()
    return null
  }
}

/** Applies a commit, and gives its fault where it has no effect then. Throws for the environment alone. */
export function attempt(materialize: Materialize, commit: Commit, local: boolean): StoreError | null {
  const outcome = materialize.outcome(commit, local)
  return outcome instanceof StoreError ? outcome : null
}
