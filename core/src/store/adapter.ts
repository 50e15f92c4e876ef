import type { Clock, Random } from '../base/clock.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { SessionChannel } from '../session/leader-client.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'

export interface ConnectOptions {
  readonly storeId: string
  readonly schema: AnySchema
}

/** A session's share of its platform, from `connect` until `close`. */
export interface AdapterConnection {
  /** To whoever leads. Every leader announces itself on it, the first one too. */
  readonly channel: SessionChannel
  /** Opens an empty database in memory, with a row hook (`feed: 'hook'`). */
  openReplica(): SqliteDriver
  readonly clock: Clock
  readonly random: Random
  /** Lets go of the leader where no other session needs it. Called once, after the session has said goodbye. */
  close(): Promise<void>
}

/** A platform: where the leader runs, where it persists, how sessions reach it. */
export interface Adapter {
  /** @throws StoreError `storage/*` when the platform cannot give what is needed. */
  connect(options: ConnectOptions): Promise<AdapterConnection>
  /** Removes all data of a store on this client. The store must not be open. @throws StoreError `storage/locked` when it is. */
  delete(storeId: string): Promise<void>
}
