import type { ChangeBatch, Watch } from '../replica/row-changes.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { Access, ReplicaDriver } from '../sqlite/driver.ts'

/** What live queries sit on: a replica, seen from above. */
export interface QueryHost {
  readonly schema: AnySchema
  readonly driver: ReplicaDriver
  /** What a query may do: read, and only what the state decides. */
  readonly queryAccess: Access
  /** Set by the engine: which columns its change batches must carry. */
  watch: Watch
  /** Set by the engine: called once per commit or reconcile, after the state is whole. */
  onChange: ((batch: ChangeBatch) => void) | null
}
