import { StoreError } from '../base/errors.ts'
import { LeaderHost } from '../leader/leader-host.ts'
import type { LeaderPartsSource } from '../leader/leader-parts.ts'
import * as leaderParts from '../leader-parts.ts'
import { channelPair } from '../protocol/channel.ts'
import type { Frame, LeaderMessage, SessionMessage } from '../protocol/leader-messages.ts'
import { RelayChannel } from '../protocol/relay-channel.ts'
import type { AnySchema } from '../schema/schema.ts'
import * as sessionParts from '../session-parts.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import type { Adapter, AdapterConnection, ConnectOptions, SessionPartsSource } from '../store/adapter.ts'
import { type CreateStoreOptions, createStore } from '../store/create-store.ts'
import type { Store } from '../store/store.ts'
import type { SyncTransport } from '../sync/transport.ts'
import { openMemory } from './open-wasm.ts'
import { seededRandom, VirtualClock } from './virtual-clock.ts'

type Relay = RelayChannel<Frame<SessionMessage>, Frame<LeaderMessage>>

export interface TestClientOptions {
  readonly schema: AnySchema
  readonly clock?: VirtualClock
  readonly seed?: number
  readonly sync?: SyncTransport
  /** At once, unless given. */
  readonly parts?: LeaderPartsSource
  /** At once, unless given. */
  readonly sessionParts?: SessionPartsSource
  /** Stands between the leader and its file. */
  readonly disk?: (file: SqliteDriver) => SqliteDriver
}

/** One client on virtual time: a file that outlives its leaders, a leader, and the sessions' channels to whoever leads. */
export class TestClient implements Adapter {
  readonly clock: VirtualClock
  readonly errors: StoreError[] = []
  sync: SyncTransport | undefined
  schema: AnySchema
  file: SqliteDriver = openMemory()
  readonly #options: TestClientOptions
  readonly #random
  readonly #relays = new Set<Relay>()
  #host: LeaderHost | null = null

  constructor(options: TestClientOptions) {
    this.#options = options
    this.schema = options.schema
    this.sync = options.sync
    this.clock = options.clock ?? new VirtualClock()
    this.#random = seededRandom(options.seed ?? 1)
  }

  get host(): LeaderHost {
    if (!this.#host) throw new Error('There is no leader')
    return this.#host
  }

  async connect({ schema }: ConnectOptions): Promise<AdapterConnection> {
    const relay: Relay = new RelayChannel()
    this.#relays.add(relay)
    if (this.#host) this.#lead(relay)
    else this.lead(schema)
    return {
      channel: relay,
      openReplica: openMemory,
      parts: this.#options.sessionParts ?? sessionParts,
      clock: this.clock,
      random: this.#random,
      close: async () => {
        this.#relays.delete(relay)
        if (this.#relays.size === 0) await this.stop()
      },
    }
  }

  async delete(): Promise<void> {
    if (this.#host) throw new StoreError('storage/locked', 'The store is open.')
    this.file.close()
    this.file = openMemory()
  }

  /** Opens a store and lets its replica arrive. */
  async open(options: Partial<CreateStoreOptions> = {}): Promise<Store> {
    const opening = createStore({ schema: this.schema, storeId: 's', adapter: this, ...options })
    opening.catch(() => {})
    await this.clock.run()
    return opening
  }

  /** A leader on the file, for all sessions. */
  lead(schema = this.schema): void {
    const { disk = (file: SqliteDriver) => file, parts = leaderParts } = this.#options
    this.#host = new LeaderHost({
      storeId: 's',
      schema,
      driver: disk(kept(this.file)),
      openMemory,
      clock: this.clock,
      random: this.#random,
      storage: 'persisted',
      parts,
      sync: this.sync,
      onFailed: (error) => this.errors.push(error),
    })
    for (const relay of this.#relays) this.#lead(relay)
  }

  /** The leader closes in an orderly way; its sessions stay. */
  async stop(): Promise<void> {
    const host = this.#host
    this.#host = null
    const closed = host?.close()
    await this.clock.run()
    await closed
  }

  /** The leader falls silent in the middle of what it was doing, and another takes over. */
  async crash(): Promise<void> {
    for (const relay of this.#relays) relay.drop()
    this.#host = null
    this.lead()
    await this.clock.run()
  }

  #lead(relay: Relay): void {
    const [session, leader] = channelPair<Frame<SessionMessage>, Frame<LeaderMessage>>(this.clock)
    relay.use(session)
    this.host.connect(leader)
  }
}

/** The file without its end: a leader closes its connection, the file stays. */
function kept(file: SqliteDriver): SqliteDriver {
  return new Proxy(file, {
    get(target, name) {
      if (name === 'close') return () => {}
      const value = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
