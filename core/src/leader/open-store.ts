import type { StoreError } from '../base/errors.ts'
import type { QuarantinedCommit } from '../protocol/leader-messages.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import type { Booted } from './boot.ts'
import type { LeaderOptions } from './leader-options.ts'

/** A store's file that is open and fits the schema, for whoever leads it. */
export interface OpenStore extends LeaderOptions, Booted {
  readonly driver: SqliteDriver
  readonly clientId: string
  /** The file that was found was damaged: told as long as this leader leads. */
  readonly damage: StoreError | null
  /** When it was opened. */
  readonly quarantined: readonly QuarantinedCommit[]
}
