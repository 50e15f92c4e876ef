import type { ConfirmedEvent } from '../../protocol/event-record.ts'
import type { AnySchema } from '../../schema/schema.ts'
import { memoryLogStore } from '../../server/memory-log-store.ts'
import type { SqliteDriver } from '../../sqlite/driver.ts'
import type { Store } from '../../store/store.ts'
import type { FaultRates } from './fault-rates.ts'
import { drawFaults } from './fault-rates.ts'
import { History } from './history.ts'
import { Network } from './network.ts'
import { Scheduler, START, settle } from './scheduler.ts'
import { SeededRandom } from './seeded-random.ts'
import { SimClient } from './sim-client.ts'
import { SimServer } from './sim-server.ts'
import { SimSession } from './sim-session.ts'
import { Judge, must } from './violation.ts'

const STORE = 'stage'

export interface StageOptions {
  readonly openMemory: () => SqliteDriver
  readonly seed?: number
  /** One-way delays by client, ms. Default 10 each. */
  readonly delays?: readonly number[]
  readonly pageEvents?: number
}

/** A world without chance in what happens: a test says who does what, and lets virtual time pass. */
export class Stage {
  readonly scheduler: Scheduler
  readonly network: Network
  readonly server: SimServer
  readonly judge = new Judge()
  readonly history = new History()
  readonly clients: SimClient[] = []
  readonly sessions: SimSession[] = []
  /** Head of the backend's log. */
  uploaded = 0
  readonly #options: StageOptions
  readonly #random: SeededRandom
  readonly #rates: FaultRates

  constructor(options: StageOptions) {
    this.#options = options
    const random = new SeededRandom(options.seed ?? 1)
    this.#random = random
    this.scheduler = new Scheduler(random.fork())
    const delays = options.delays ?? [10, 10, 10, 10, 10, 10]
    const { pageEvents = 1_000 } = options
    this.#rates = {
      ...drawFaults(random, delays.length),
      slowLog: 0,
      lateCode: 0,
      refusals: 0,
      frameBytes: 1_048_576,
      pageEvents,
    }
    const log = memoryLogStore({ random: random.fork() })
    log.watch(STORE, ({ seq }) => {
      this.uploaded = seq
    })
    this.server = new SimServer({ log, scheduler: this.scheduler, random: random.fork(), rates: this.#rates })
    this.network = new Network({
      scheduler: this.scheduler,
      random: random.fork(),
      delays,
      tail: 1,
      endpoint: () => this.server.endpoint,
    })
    this.network.healed = true
    this.server.start()
  }

  /** `sync` is asked at each start of a leader. */
  client(schema: AnySchema, sync: () => boolean = () => true): SimClient {
    const index = this.clients.length
    const client = new SimClient({
      index,
      judge: this.judge,
      schema,
      storeId: STORE,
      scheduler: this.scheduler,
      random: this.#random.fork(),
      openMemory: this.#options.openMemory,
      lateCode: this.#rates.lateCode,
      transport: (process) => (sync() ? this.network.transport(index, process) : null),
      crashed: () => {},
      leaderGone: (process) => this.network.leaderGone(process),
    })
    this.clients.push(client)
    return client
  }

  /** Opens a session, ready for use; with the random numbers of another one, if told to. */
  async open(client: SimClient, schema: AnySchema, twin?: SimSession): Promise<{ session: SimSession; store: Store }> {
    const session = new SimSession({
      name: `session ${this.sessions.length + 1}`,
      judge: this.judge,
      client,
      schema,
      storeId: STORE,
      scheduler: this.scheduler,
      random: this.#random.fork(),
      openMemory: this.#options.openMemory,
      channelDelay: 1,
      lateCode: false,
      history: this.history,
      twin,
    })
    if (twin) this.history.twins = true
    this.sessions.push(session)
    await this.until(() => session.ready, 'the session is open')
    return { session, store: session.store! }
  }

  /** Lets virtual time pass. */
  async run(ms: number): Promise<void> {
    await settle()
    const end = this.scheduler.now + ms
    let over = false
    this.scheduler.schedule(ms, null, 'act', () => {
      over = true
    })
    while (!over) await this.#step()
    must(this.scheduler.now >= end, 'ERROR', () => 'time went backwards')
  }

  /** @throws Violation SYNC-2 when it has not come about within 5 virtual minutes */
  async until(done: () => boolean, what: string): Promise<void> {
    await settle()
    const deadline = this.scheduler.now + 300_000
    while (!done()) {
      must(await this.#step(), 'SYNC-2', () => `${what}: nothing is to come any more`)
      must(this.scheduler.now < deadline, 'SYNC-2', () => `${what}: not after 5 minutes`)
    }
  }

  /** Everything committed is confirmed everywhere. */
  async settle(): Promise<void> {
    await this.until(() => {
      const stores = this.sessions.filter((session) => session.ready).map((session) => session.store!)
      const heads = new Set(stores.map((store) => store.status.upstreamHead.value))
      return heads.size === 1 && stores.every((store) => store.status.pending.value === 0 && online(store))
    }, 'all are in step')
    await this.run(1_000)
  }

  log(): Promise<ConfirmedEvent[]> {
    return this.server.events(STORE)
  }

  get time(): number {
    return this.scheduler.now - START
  }

  /** Frees the databases. */
  release(): void {
    for (const session of this.sessions) if (session.process.alive) session.crash()
    for (const client of this.clients) client.disk.close()
  }

  async #step(): Promise<boolean> {
    const step = await this.scheduler.step()
    for (const client of this.clients) client.recover()
    if (this.judge.first) throw this.judge.first
    return step !== null
  }
}

function online(store: Store): boolean {
  const connection = store.status.connection.value
  return connection === 'online' || connection === 'none'
}
