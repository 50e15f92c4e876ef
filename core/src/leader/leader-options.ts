import type { Clock, Random } from '../base/clock.ts'
import type { StoreError } from '../base/errors.ts'
import type { LeaderStatus } from '../protocol/leader-messages.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import type { SyncTransport } from '../sync/transport.ts'
import type { LeaderPartsSource } from './leader-parts.ts'
import type { FileKeeper } from './repair.ts'

export interface LeaderOptions {
  readonly storeId: string
  readonly schema: AnySchema
  /** The store's file, opened for this leader alone and closed with it; or why it cannot be opened. */
  readonly driver: SqliteDriver | StoreError
  /** Where the platform can keep a damaged file aside; without it such a file is refused. */
  readonly keeper?: FileKeeper | undefined
  /** Opens an empty database in memory. */
  readonly openMemory: () => SqliteDriver
  readonly clock: Clock
  readonly random: Random
  /** Name of this client for a file that has none yet, where the platform remembers it elsewhere; random otherwise. */
  readonly clientId?: string | undefined
  readonly storage: LeaderStatus['storage']
  /** Without it this leader's order is the global one. */
  readonly sync?: SyncTransport | undefined
  /** `import * as parts from '@livefold/core/leader-parts'`, or a function that imports it when it is needed. */
  readonly parts: LeaderPartsSource
  /** Checks at the start that the stored state is what the materializers give. */
  readonly development?: boolean | undefined
  /** A session runs a newer version of the app: time to step down, so that the newest tab leads. */
  readonly onNewerVersion?: (version: number) => void
  /** This leader cannot go on: deposed, or its file is unusable. */
  readonly onFailed?: (error: StoreError) => void
}
