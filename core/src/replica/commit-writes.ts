import type { WriteOperation } from '../sql/write.ts'

/** What a commit writes. */
export interface CommitWrites {
  /** For each event, in order; empty when the schema does not know them all. */
  readonly byEvent: readonly (readonly WriteOperation[])[]
  /** Decided by the events alone: no materializer has read through `ctx`. The same writes then hold wherever the commit is applied. */
  readonly pure: boolean
}

export const noWrites: CommitWrites = { byEvent: [], pure: true }
