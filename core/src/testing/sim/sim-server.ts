import { StoreError } from '../../base/errors.ts'
import type { ConfirmedEvent } from '../../protocol/event-record.ts'
import type { LogStore } from '../../server/log-store.ts'
import { createSyncServer } from '../../server/sync-server.ts'
import type { FaultRates } from './fault-rates.ts'
import type { Endpoint } from './network.ts'
import type { Scheduler } from './scheduler.ts'
import type { SeededRandom } from './seeded-random.ts'
import { simLogStore } from './sim-log-store.ts'
import { SimProcess } from './sim-process.ts'

/** The backend: its log outlives its processes. */
export class SimServer {
  readonly log: LogStore
  readonly #scheduler: Scheduler
  readonly #random: SeededRandom
  readonly #rates: FaultRates
  #running: (Endpoint & { crash(): void }) | null = null
  #starts = 0

  constructor(options: { log: LogStore; scheduler: Scheduler; random: SeededRandom; rates: FaultRates }) {
    this.log = options.log
    this.#scheduler = options.scheduler
    this.#random = options.random
    this.#rates = options.rates
  }

  get endpoint(): Endpoint | null {
    return this.#running
  }

  start(): void {
    if (this.#running) return
    this.#starts += 1
    const { slowLog, refusals, pageEvents, frameBytes } = this.#rates
    const process = new SimProcess(`server ${this.#starts}`, this.#scheduler, this.#random.fork())
    const log = simLogStore(this.log, process, this.#scheduler, slowLog)
    const server = createSyncServer({
      log,
      clock: process.clock,
      random: process.random,
      limits: { pageEvents, frameBytes },
      ...(refusals > 0 && { validate: (_: unknown, events: readonly Refusable[]) => refuse(events) }),
    })
    this.#running = { process, server, crash: () => log.crash() }
  }

  crash(): void {
    this.#running?.crash()
    this.#running?.process.kill()
    this.#running = null
  }

  async close(): Promise<void> {
    await this.#running?.server.close()
  }

  /** The whole log of a store, read past the server. */
  async events(storeId: string): Promise<ConfirmedEvent[]> {
    return this.log.read(storeId, 0, 1_000_000)
  }
}

interface Refusable {
  readonly id: string
  readonly args: unknown
}

function refuse(events: readonly Refusable[]): void {
  const bad = events.find((event) => (event.args as { refused?: boolean }).refused)
  if (bad) throw new StoreError('sync/rejected', 'This server does not want it.', { details: { eventId: bad.id } })
}
