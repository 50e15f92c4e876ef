import type { WriteOperation } from '../sql/write.ts'

/** What a commit writes, or what its first events write. */
export interface CommitWrites {
  /** Of all the events, in order; none when the schema does not know them all. */
  readonly writes: readonly WriteOperation[]
  /** How many of the writes have come by the end of each event. Null for a commit of one event, or of none that is known. */
  readonly ends: readonly number[] | null
  /** Decided by the events alone: no materializer has read through `ctx`. The same writes then hold wherever the commit is applied. */
  readonly pure: boolean
}

export const noWrites: CommitWrites = { writes: [], ends: null, pure: true }
