import type { ConfirmedEvent, EventId } from '../../../protocol/event-record.ts'
import { eventNumber } from '../../../protocol/event-record.ts'
import { looseOf } from '../fault-rates.ts'
import { Network } from '../network.ts'
import { Scheduler, START, settle } from '../scheduler.ts'
import { SeededRandom } from '../seeded-random.ts'
import { SimServer } from '../sim-server.ts'
import { Judge, must } from '../violation.ts'
import { PaperClient } from './paper-client.ts'
import { drawProtocolFaults, type ProtocolRates, planProtocolFaults } from './protocol-faults.ts'
import { RestorableLog } from './restorable-log.ts'

const STORE = 'store'
/** Within this long after the last fault everything has to be confirmed, rejected or refused with a reason, virtual ms. */
const PATIENCE = 300_000
const LOOK_EVERY = 500

export interface ProtocolWorldOptions {
  readonly seed: number
  /** Replaces what the seed would draw. */
  readonly faults?: Partial<ProtocolRates>
  /** Steps after which the world is given up. Default: none. */
  readonly steps?: number
}

export interface ProtocolResult {
  readonly seed: number
  readonly steps: number
  readonly events: number
  readonly trace: string
}

/**
 * A world of leaders without tables and sessions: real upstream, sync state, codec and server, over a network that fails as in
 * `World`. Hundreds of these take the time of one full world, so that rare orders of messages are met.
 */
export class ProtocolWorld {
  readonly random: SeededRandom
  readonly scheduler: Scheduler
  readonly judge = new Judge()
  readonly network: Network
  readonly server: SimServer
  readonly log: RestorableLog
  readonly clients: PaperClient[]
  readonly rates: ProtocolRates
  /** How long the faults go on, virtual ms. */
  readonly duration: number
  healed = false
  readonly #seed: number
  #events = 0

  constructor({ seed, faults, steps }: ProtocolWorldOptions) {
    this.#seed = seed
    const random = new SeededRandom(seed)
    this.random = random
    this.scheduler = new Scheduler(random.fork())
    this.scheduler.limit = steps ?? Number.POSITIVE_INFINITY
    const count = random.between(2, 4)
    const rates = { ...drawProtocolFaults(random, count), ...faults }
    this.rates = rates
    this.duration = random.pick([1_000, 5_000, 20_000])
    const ids = random.fork()
    this.log = new RestorableLog(STORE, () => ids.id())
    this.server = new SimServer({ log: this.log, scheduler: this.scheduler, random: random.fork(), rates })
    this.network = new Network({
      scheduler: this.scheduler,
      random: random.fork(),
      delays: rates.delays,
      tail: rates.tail,
      loose: looseOf(rates, count, random),
      endpoint: () => this.server.endpoint,
    })
    this.clients = Array.from(
      { length: count },
      (_, index) =>
        new PaperClient({
          index,
          storeId: STORE,
          scheduler: this.scheduler,
          random: random.fork(),
          network: this.network,
          storageFaults: rates.storageFaults,
          told: (client, event, before) => this.#told(client, event, before),
        }),
    )
  }

  get time(): number {
    return this.scheduler.now - START
  }

  anyClient(): PaperClient {
    return this.random.pick(this.clients)
  }

  /** @throws Violation the first rule that was broken */
  async run(): Promise<ProtocolResult> {
    this.server.start()
    for (const client of this.clients) client.lead()
    this.#planWork()
    planProtocolFaults(this)
    await this.#until(() => this.time >= this.duration, 'chaos')
    this.#heal()
    await this.#rest()
    this.#checkAtRest()
    await this.#close()
    return {
      seed: this.#seed,
      steps: this.scheduler.steps,
      events: this.#events,
      trace: this.scheduler.trace.digest(),
    }
  }

  #planWork(): void {
    const { random, rates, duration } = this
    const commits = random.between(4, 25)
    const bursty = random.chance(0.4)
    let at = 0
    for (let i = 0; i < commits; i++) {
      if (!bursty || random.chance(0.3)) at = random.int(duration)
      const [count, refused] = [random.between(1, rates.commitEvents), random.chance(rates.refusals)]
      this.#events += count
      this.scheduler.schedule(at, null, 'act', () => this.anyClient().commit(count, refused))
    }
    this.scheduler.schedule(duration, null, 'act', () => {})
  }

  #heal(): void {
    this.healed = true
    this.network.heal()
    this.server.start()
    for (const client of this.clients) {
      client.resume()
      client.lead()
    }
  }

  async #rest(): Promise<void> {
    const deadline = this.scheduler.now + PATIENCE
    let look = false
    const again = () => {
      look = true
      this.scheduler.schedule(LOOK_EVERY, null, 'act', again)
    }
    again()
    await this.#until(() => {
      if (!look) return false
      look = false
      const open = this.clients.filter((client) => !this.#isAtRest(client))
      if (open.length === 0 && this.scheduler.count('frame') === 0 && this.scheduler.count('soon') === 0) return true
      must(this.scheduler.now < deadline, 'SYNC-2', () => `after ${PATIENCE} ms: ${this.#whatIsOpen()}`)
      return false
    }, 'healing')
  }

  #isAtRest({ leader, log, commits }: PaperClient): boolean {
    if (!leader) return false
    const { connection } = leader.upstream
    if (!commits.every((commit) => commit.every((event) => log.holds(event.id)))) return false
    if (connection === 'stopped') return true
    // By name and id: the line may be dead without a word, and the backend another one of equal length by now.
    const inStep =
      log.backendId === this.log.id &&
      log.head === this.log.events.length &&
      log.headId === (this.log.events.at(-1)?.id ?? null)
    return connection === 'online' && log.pending.length === 0 && inStep
  }

  #whatIsOpen(): string {
    return this.clients
      .map(({ index, log, leader }) => {
        const upstream = leader?.upstream
        return `client ${index}: head ${log.head} of ${this.log.events.length}, ${log.pending.length} pending, ${upstream?.connection}, ${upstream?.error?.message ?? ''}`
      })
      .join('; ')
  }

  async #until(done: () => boolean, phase: string): Promise<void> {
    await settle()
    while (!done()) {
      const step = await this.scheduler.step()
      must(step, 'SYNC-2', () => `${phase}: nothing is to come any more; ${this.#whatIsOpen()}`)
      if (this.judge.first) throw this.judge.first
    }
  }

  /** An event was made durable at a client as confirmed: with the one before it, it stood so in a log of the backend. */
  #told(client: PaperClient, event: ConfirmedEvent, before: ConfirmedEvent | undefined): void {
    const there = this.log.timelines.some(
      (timeline) => timeline[event.seq - 1]?.id === event.id && timeline[event.seq - 2]?.id === before?.id,
    )
    if (!there) {
      this.judge.fail(
        'LOG-2',
        `client ${client.index} has ${event.id} at ${event.seq}, after ${before?.id ?? 'nothing'}`,
      )
    }
    if (client.log.rejected.has(event.id) && this.log.timelines.length === 1) {
      this.judge.fail('LOG-1', `client ${client.index}: ${event.id} is confirmed and was rejected`)
    }
  }

  #checkAtRest(): void {
    const { events, timelines } = this.log
    this.#checkLog(events)
    for (const client of this.clients) {
      const { log, leader, index } = client
      const who = `client ${index}`
      const stopped = leader?.upstream.connection === 'stopped'
      const isPrefix = log.confirmed.every((event, i) => events[i]?.id === event.id)
      if (stopped) {
        const { error } = leader.upstream
        must(
          error?.code === 'sync/backend-mismatch',
          'SYNC-2',
          () => `${who} stopped: ${error?.code} ${error?.message}`,
        )
        must(timelines.length > 1, 'SYNC-2', () => `${who} stopped, and no backend was restored: ${error?.message}`)
      } else {
        must(isPrefix && log.head === events.length, 'SYNC-1', () => `${who} is not in step with the backend`)
      }
      for (const id of client.ids) {
        must(log.holds(id), 'DUR-1', () => `${who}: ${id} is nowhere`)
        if (timelines.length > 1 || stopped) continue
        const confirmed = events.some((event) => event.id === id)
        must(
          confirmed !== log.rejected.has(id),
          'LOG-1',
          () => `${id} is ${confirmed ? 'in the log and' : 'not in the log, nor'} rejected`,
        )
      }
    }
  }

  #checkLog(events: readonly ConfirmedEvent[]): void {
    const seen = new Set<EventId>()
    const made = new Map(
      this.clients
        .flatMap((client) => client.commits)
        .flat()
        .map((event) => [event.id, event]),
    )
    const last = new Map<string, EventId>()
    for (const [i, event] of events.entries()) {
      must(event.seq === i + 1, 'LOG-1', () => `the backend has ${event.seq} at ${i + 1}`)
      must(!seen.has(event.id), 'LOG-1', () => `${event.id} is in the backend's log twice`)
      seen.add(event.id)
      const original = made.get(event.id)
      must(
        original && JSON.stringify(original.args) === JSON.stringify(event.args) && original.joined === event.joined,
        'LOG-4',
        () => `${event.id} is not as it was committed`,
      )
      const next = events[i + 1]
      const follows = next?.sessionId === event.sessionId && eventNumber(next.id) === eventNumber(event.id) + 1
      must(!event.joined || follows, 'LOG-3', () => `${next?.id} follows ${event.id} within its commit`)
      const before = last.get(event.sessionId)
      must(!before || eventNumber(before) < eventNumber(event.id), 'LOG-4', () => `${event.id} comes after ${before}`)
      last.set(event.sessionId, event.id)
    }
  }

  async #close(): Promise<void> {
    for (const client of this.clients) client.close()
    let closed = false
    const closing = this.server.close().then(() => {
      closed = true
    })
    // A push that is under way ends first, in virtual time.
    await this.#until(() => closed, 'closing')
    await closing
    for (const process of this.clients.flatMap((client) => client.processes)) {
      if (process.alive) must(process.timers === 0, 'BND-1', () => `${process.name} left ${process.timers} timers`)
    }
  }
}
