import type { ConfirmedEvent } from '../../protocol/event-record.ts'
import type { AnySchema } from '../../schema/schema.ts'
import { memoryLogStore } from '../../server/memory-log-store.ts'
import type { SqliteDriver } from '../../sqlite/driver.ts'
import { checkAcked, checkFile, checkNews, checkPoison, checkReads, hasTables, versionOf, viewOf } from './checks.ts'
import { drawFaults, type FaultRates, looseOf } from './fault-rates.ts'
import { mendStorage, planFaults } from './faults.ts'
import type { Fold } from './fold.ts'
import { Folds } from './folds.ts'
import { History } from './history.ts'
import { LiveWatch } from './live-watch.ts'
import { Network } from './network.ts'
import { type Doing, Plan } from './plan.ts'
import { checkAtRest, isAtRest, whatIsOpen } from './rest.ts'
import { Scheduler, START, type Step, settle } from './scheduler.ts'
import { SeededRandom } from './seeded-random.ts'
import { SimClient } from './sim-client.ts'
import { nextSchema, schemaOf, simSchema } from './sim-schema.ts'
import { SimServer } from './sim-server.ts'
import { SimSession } from './sim-session.ts'
import { Judge, must } from './violation.ts'
import { drawQuery, Workload } from './workload.ts'

const STORE = 'store'
/** Within this long after the last fault everything has to be confirmed or rejected, virtual ms (rule SYNC-2). */
const PATIENCE = 300_000
const MAX_SESSIONS = 3

export interface WorldOptions {
  readonly seed: number
  readonly openMemory: () => SqliteDriver
  /** Fewest events of a world. Default 150. */
  readonly events?: number
  /** Replaces what the seed would draw. */
  readonly faults?: Partial<FaultRates>
  /** Numbers of the planned acts that happen. Default: all. */
  readonly acts?: ReadonlySet<number>
  /** Steps after which the world is given up. Default: none. */
  readonly steps?: number
}

export interface WorldResult {
  readonly seed: number
  readonly steps: number
  readonly events: number
  /** Virtual ms that passed. */
  readonly time: number
  /** Hash of everything that happened. */
  readonly trace: string
}

/**
 * One world: clients with their sessions, a server, a network, and what befalls them, all decided by a seed. The rules are
 * checked as it goes; after the last fault it has to come to rest, and everything is compared then.
 */
export class World {
  readonly random: SeededRandom
  readonly scheduler: Scheduler
  readonly judge = new Judge()
  readonly history = new History()
  readonly network: Network
  readonly server: SimServer
  readonly plan: Plan
  readonly clients: SimClient[] = []
  sessions: SimSession[] = []
  /** Clients that the app's next version has come to. */
  readonly upgraded = new Set<SimClient>()
  readonly rates: FaultRates
  /** How long the faults go on, virtual ms. */
  readonly duration: number
  /** The backend's log. */
  readonly log: ConfirmedEvent[] = []
  readonly #options: WorldOptions
  readonly #workload: Workload
  readonly #folds: Folds
  #sessionCount = 0
  #events = 0
  readonly #wanted: number
  #logMoved = false
  readonly #confirmedIds = new Set<string>()
  #healed = false

  constructor(options: WorldOptions) {
    this.#options = options
    this.#wanted = options.events ?? 150
    const random = new SeededRandom(options.seed)
    this.random = random
    this.scheduler = new Scheduler(random.fork())
    this.scheduler.limit = options.steps ?? Number.POSITIVE_INFINITY
    this.plan = new Plan(this.scheduler, random.fork(), options.acts ?? null)
    const clients = random.between(2, 4)
    this.rates = { ...drawFaults(random, clients), ...options.faults }
    this.duration = random.pick([2_000, 10_000, 40_000])
    this.#workload = new Workload(random.fork(), this.rates.refusals, this.rates.reads)
    const log = memoryLogStore({ random: random.fork() })
    log.watch(STORE, () => {
      this.#logMoved = true
    })
    this.server = new SimServer({
      log,
      scheduler: this.scheduler,
      random: random.fork(),
      rates: this.rates,
    })
    this.network = new Network({
      scheduler: this.scheduler,
      random: random.fork(),
      delays: this.rates.delays,
      tail: this.rates.tail,
      loose: looseOf(this.rates, clients, random),
      endpoint: () => this.server.endpoint,
    })
    this.#folds = new Folds(options.openMemory)
    for (let index = 0; index < clients; index++) this.#addClient(index)
  }

  /** @throws Violation the first rule that was broken */
  async run(): Promise<WorldResult> {
    try {
      this.server.start()
      for (const client of this.clients) {
        const count = this.random.between(1, MAX_SESSIONS)
        for (let i = 0; i < count; i++) this.openSession(client)
      }
      this.#planWork()
      planFaults(this)
      this.#planCatchUp()
      const { partial } = this.plan
      await this.#until(() => this.time >= this.duration && (partial || this.#events >= this.#wanted), 'chaos')
      this.#heal()
      const deadline = this.scheduler.now + PATIENCE
      let look = false
      const again = () => {
        look = true
        this.scheduler.schedule(200, null, 'act', again)
      }
      again()
      await this.#until(() => {
        if (!look) return false
        look = false
        // What is in the air may still tell a session of another one's local events.
        if (isAtRest(this) && this.scheduler.count('frame') === 0 && this.scheduler.count('soon') === 0) return true
        must(this.scheduler.now < deadline, 'SYNC-2', () => `after ${PATIENCE} ms: ${whatIsOpen(this)}`)
        return false
      }, 'healing')
      checkAtRest(this, (schema) => this.#truth(schema), this.#options.openMemory)
      await this.#close()
      return {
        seed: this.#options.seed,
        steps: this.scheduler.steps,
        events: this.#events,
        time: this.time,
        trace: this.scheduler.trace.digest(),
      }
    } finally {
      this.#release()
    }
  }

  /** Null when the client has enough of them. */
  openSession(client: SimClient, random = this.random, twin?: SimSession): SimSession | null {
    const open = this.sessions.filter((session) => session.client === client && session.process.alive)
    if (open.length >= MAX_SESSIONS) return null
    this.#sessionCount += 1
    const session = new SimSession({
      name: `session ${client.index}.${this.#sessionCount}`,
      judge: this.judge,
      client,
      // A tab may have been loaded before, or come from a cache.
      schema: this.upgraded.has(client) && random.chance(0.75) ? nextSchema : simSchema,
      storeId: STORE,
      scheduler: this.scheduler,
      random: random.fork(),
      openMemory: this.#options.openMemory,
      channelDelay: this.rates.channelDelay,
      lateCode: random.copy().chance(this.rates.lateSessions),
      history: this.history,
      twin,
    })
    if (twin) this.history.twins = true
    this.sessions.push(session)
    return session
  }

  /** A client's file is gone. */
  loseStorage(client: SimClient): void {
    const { connection } = client.disk
    this.history.lose(client.index, hasTables(connection) ? viewOf(connection).rejected : new Set())
    client.loseStorage()
    this.#folds.forget(`client ${client.index}`)
  }

  /** The oracle's fold of the backend's log. */
  #truth(schema: AnySchema): Fold {
    const fold = this.#folds.of('backend', schema)
    fold.confirm(this.log)
    return fold
  }

  /** Sessions of a client that may be used. */
  ready(client?: SimClient): SimSession[] {
    return this.sessions.filter((session) => session.ready && (!client || session.client === client))
  }

  /** Virtual ms since the world began. */
  get time(): number {
    return this.scheduler.now - START
  }

  #addClient(index: number): void {
    const client = new SimClient({
      index,
      judge: this.judge,
      schema: simSchema,
      storeId: STORE,
      scheduler: this.scheduler,
      random: this.random.fork(),
      openMemory: this.#options.openMemory,
      lateCode: this.rates.lateCode,
      transport: (process) => this.network.transport(index, process),
      crashed: (crashed) => this.#checkFile(crashed, 'STATE-2'),
      leaderGone: (process) => this.network.leaderGone(process),
    })
    this.clients.push(client)
  }

  #planWork(): void {
    const commits = Math.ceil(this.#wanted / 1.35)
    const bursty = this.random.chance(0.4)
    let at = 0
    for (let i = 0; i < commits; i++) {
      if (!bursty || this.random.chance(0.2)) at = this.random.int(this.duration)
      this.plan.add(at, this.#working)
    }
    for (let i = 0; i < 40; i++) this.plan.add(this.random.int(this.duration), this.#mounting)
  }

  /** Some commits were refused as poison: others take their place, each when the one before has not been enough. */
  #planCatchUp(at = this.duration): void {
    const { plan } = this
    if (plan.partial && plan.acts.length > plan.last) return
    plan.add(at, (random, act) => {
      if (!plan.partial && this.#events >= this.#wanted) return 'nothing: there are commits enough'
      if (!plan.partial) this.#planCatchUp(at + 20)
      return this.#working(random, act)
    })
    if (plan.partial) this.#planCatchUp(at + 20)
  }

  readonly #working: Doing = (random, act) => {
    const ready = this.ready()
    if (ready.length === 0) {
      // Nobody is there to work now.
      this.scheduler.schedule(500, null, 'act', () => {
        act.did = this.#working(random, act)
      })
      return 'somebody is to commit, and nobody is there'
    }
    const session = random.pick(ready)
    const did = this.#commit(session, random)
    this.#checkSession(session)
    return did
  }

  #commit(session: SimSession, random: SeededRandom): string {
    const events = this.#workload.commit(session.process.name, random, session.schema.version)
    const record = session.commit(events)
    if (record) this.#events += events.length
    const what = events.map(({ name, args }) => `${name} ${JSON.stringify(args)}`).join(', ')
    return `${session.process.name} commits ${record ? record.ids[0] : '(refused as poison)'}: ${what}`
  }

  readonly #mounting: Doing = (random) => {
    const ready = this.ready()
    if (ready.length === 0) return 'nobody is there to look'
    const session = random.pick(ready)
    if (session.watches.length > 5 || (session.watches.length > 0 && random.chance(0.2))) {
      session.unmount(random.int(session.watches.length))
      return `${session.process.name} drops a live query`
    }
    const { label, query } = drawQuery(random, session.rowsAlone)
    let reactions = random.chance(0.3) ? random.between(1, 3) : 0
    const reacts = reactions
    const watch = new LiveWatch(session.store!, this.judge, label, query, () => {
      if (reactions <= 0 || !session.ready) return
      reactions -= 1
      this.judge.reacted = true
      this.#commit(session, random)
    })
    session.mount(watch)
    this.#checkSession(session)
    return `${session.process.name} mounts "${label}"${reacts > 0 ? `, and answers ${reacts} times by a commit` : ''}`
  }

  async #until(done: () => boolean, phase: string): Promise<void> {
    await settle()
    while (!done()) {
      const step = await this.scheduler.step()
      must(step, 'SYNC-2', () => `${phase}: nothing is to come any more, and ${whatIsOpen(this)}`)
      await this.#afterStep(step)
    }
  }

  async #afterStep(step: Step): Promise<void> {
    if (this.#logMoved) {
      this.#logMoved = false
      const news = await this.server.log.read(STORE, this.log.length, 1_000_000)
      this.log.push(...news)
      checkNews(news, this.#confirmedIds)
    }
    for (const client of this.clients) client.recover()
    const { process } = step
    if (process) {
      const session = this.sessions.find((one) => one.process === process)
      if (session?.ready) this.#checkSession(session)
      else if (step.kind === 'soon' && this.random.chance(this.rates.hugeCommits > 0 ? 0.002 : 0.05)) {
        const client = this.clients.find((one) => one.leader?.process === process)
        if (client) this.#checkFile(client, 'STATE-1')
      }
    }
    this.judge.reacted = false
    if (this.judge.first) throw this.judge.first
  }

  #checkSession(session: SimSession): void {
    const { store } = session
    if (!store || !session.ready) return
    if (!session.changed()) return
    for (const watch of session.watches) watch.check(session.driver, store, session.process.name)
    checkReads(session, this.log, this.history, new Set(this.#truth(session.schema).idle))
  }

  #checkFile(client: SimClient, rule: 'STATE-1' | 'STATE-2'): void {
    const { connection } = client.disk
    if (!hasTables(connection)) return
    const who = `client ${client.index}`
    const schema = schemaOf(versionOf(connection))
    const fold = this.#folds.of(who, schema)
    const { log, history } = this
    const view = checkFile({ who, driver: connection, schema, fold, log, history, rule, behind: client.behind })
    checkAcked(who, client.index, view, this.log, this.history)
    checkPoison(who, view, this.network.pushedBy(client.index))
  }

  /** No more faults; what is broken stays so until somebody notices. */
  #heal(): void {
    this.#healed = true
    this.network.heal()
    this.server.start()
    for (const client of this.clients) {
      mendStorage(this, client)
      for (const leader of client.deposed) if (leader.process.frozen) leader.process.resume()
      if (this.sessions.every((session) => session.client !== client || !session.process.alive))
        this.openSession(client)
      client.lead()
    }
    for (const session of this.sessions) if (session.process.frozen) session.process.resume()
  }

  get healed(): boolean {
    return this.#healed
  }

  /** Everything is closed; nothing may be left running (rule BND-1). */
  async #close(): Promise<void> {
    const closing: Promise<void>[] = []
    for (const session of this.sessions) closing.push(session.close())
    let closed = false
    Promise.all(closing).then(
      () => {
        closed = true
      },
      (thrown) => this.judge.take(thrown),
    )
    await this.#until(() => closed || this.judge.first !== null, 'closing')
    if (this.judge.first) throw this.judge.first
    const processes = this.clients.flatMap((client) => client.processes())
    await Promise.all(this.clients.map((client) => client.close()))
    const { endpoint } = this.server
    if (endpoint) processes.push(endpoint.process)
    await this.server.close()
    for (const process of processes) {
      must(process.timers === 0, 'BND-1', () => `${process.name} left ${process.timers} timers`)
    }
  }

  #release(): void {
    for (const session of this.sessions) if (session.process.alive) session.crash()
    for (const client of this.clients) client.disk.close()
    this.#folds.close()
  }
}
