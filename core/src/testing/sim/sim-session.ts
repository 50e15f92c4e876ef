import { StoreError } from '../../base/errors.ts'
import { digest } from '../../replica/digest.ts'
import type { NewEvent } from '../../schema/event.ts'
import type { AnySchema } from '../../schema/schema.ts'
import * as sessionParts from '../../session-parts.ts'
import type { SqliteDriver } from '../../sqlite/driver.ts'
import type { AdapterConnection, SessionPartsSource } from '../../store/adapter.ts'
import { createStore } from '../../store/create-store.ts'
import type { Store } from '../../store/store.ts'
import type { CommitRecord, History } from './history.ts'
import type { LiveWatch } from './live-watch.ts'
import type { Scheduler } from './scheduler.ts'
import type { SeededRandom } from './seeded-random.ts'
import { SessionBus } from './session-bus.ts'
import type { SimClient } from './sim-client.ts'
import { SimProcess } from './sim-process.ts'
import { type Judge, must } from './violation.ts'

export interface SimSessionOptions {
  readonly name: string
  readonly judge: Judge
  readonly client: SimClient
  readonly schema: AnySchema
  readonly storeId: string
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  readonly openMemory: () => SqliteDriver
  readonly channelDelay: number
  /** Its later code comes late. */
  readonly lateCode: boolean
  readonly history: History
  /** Draws the random numbers that this one drew. */
  readonly twin?: SimSession | undefined
}

/** One tab: a process with a store in it, its live queries, and what was seen of them. */
export class SimSession {
  readonly process: SimProcess
  readonly #seed: SeededRandom
  readonly client: SimClient
  readonly bus: SessionBus
  store: Store | null = null
  closing = false
  closed = false
  /** Its later code is there. */
  whole: boolean
  readonly watches: LiveWatch[] = []
  /** It looks at rows by their keys alone: an update by key then tells it no more than what it sets. */
  readonly rowsAlone: boolean
  readonly commits: CommitRecord[] = []
  /** Highest head seen (rule SESS-1). */
  head = 0
  /** Losses of the client's file that it was told of, or that came before it. */
  #losses: number
  /** Virtual ms. */
  readonly openedAt: number
  readonly #options: SimSessionOptions
  #rebases = 0
  #last = ''
  readonly #drivers: SqliteDriver[] = []

  constructor(options: SimSessionOptions) {
    this.#options = options
    this.client = options.client
    this.whole = !options.lateCode
    this.#losses = options.client.losses
    this.openedAt = options.scheduler.now
    const random = options.random.fork()
    this.#seed = options.twin ? options.twin.#seed : random
    this.rowsAlone = this.#seed.copy().chance(0.25)
    this.process = new SimProcess(options.name, options.scheduler, this.#seed.copy())
    this.bus = new SessionBus({
      process: this.process,
      scheduler: options.scheduler,
      random: options.random.fork(),
      delay: options.channelDelay,
    })
    this.#open()
  }

  get schema(): AnySchema {
    return this.#options.schema
  }

  /** The replica's database. */
  get driver(): SqliteDriver {
    return this.#drivers.at(-1) as SqliteDriver
  }

  get ready(): boolean {
    return this.process.alive && this.store !== null && !this.closing
  }

  /** Commits; null when the store refused it, which has to have left no trace. */
  commit(events: readonly NewEvent[]): CommitRecord | null {
    const { store } = this
    if (!store) return null
    try {
      const receipt = store.commit(...events)
      const made = { author: this.process.name, clientId: store.clientId }
      const record = this.#options.history.add(this.client.index, made, events, receipt)
      this.commits.push(record)
      this.#options.scheduler.note(`commit ${receipt.ids.join()}`)
      return record
    } catch (thrown) {
      if (thrown instanceof StoreError && thrown.code === 'materializer/failed') return null
      throw thrown
    }
  }

  /** The tab is gone, without a word. */
  crash(): void {
    this.process.kill()
    this.client.disconnect(this.bus)
    this.#release()
  }

  /** The tab is closed as it should be. */
  async close(): Promise<void> {
    if (this.closing || !this.process.alive) return
    this.closing = true
    for (const watch of this.watches.splice(0)) watch.stop()
    await this.store?.close()
    this.closed = true
    this.store = null
    must(this.process.timers === 0, 'BND-1', () => `${this.process.name} left ${this.process.timers} timers`)
    this.process.kill()
    this.#release()
  }

  /** False when nothing of the replica has moved since the last time this was asked. */
  changed(): boolean {
    const { store, driver } = this
    const changes = driver.prepare('SELECT total_changes()').value()
    const now = `${this.#drivers.length} ${changes} ${store?.status.upstreamHead.value} ${store?.status.pending.value} ${this.watches.length} ${this.#rebases}`
    if (now === this.#last) return false
    this.#last = now
    return true
  }

  /** Digests of its tables, taken past the store. */
  digest(): { synced: string; local: string } {
    const { schema } = this.#options
    return { synced: digest(this.driver, schema.syncedTables), local: digest(this.driver, schema.localTables) }
  }

  mount(watch: LiveWatch): void {
    this.watches.push(watch)
  }

  unmount(index: number): void {
    for (const watch of this.watches.splice(index, 1)) watch.stop()
  }

  #open(): void {
    const { schema, storeId, client } = { ...this.#options }
    const adapter = {
      connect: async () => this.#connection(),
      delete: async () => {},
    }
    createStore({ schema, storeId, adapter }).then(
      (store) => {
        this.store = store
        store.on('rebase', () => {
          this.#rebases += 1
        })
        store.on('error', (error) => this.#hear(error))
      },
      (thrown) => {
        if (!this.process.alive) return
        if (thrown instanceof StoreError && (thrown.code === 'leader/lost' || client.failed(thrown))) {
          client.disconnect(this.bus)
          this.process.kill()
          this.#release()
        } else this.#options.judge.take(thrown)
      },
    )
  }

  #connection(): AdapterConnection {
    this.client.connect(this.bus, this.#options.schema)
    return {
      channel: this.bus,
      openReplica: () => this.#openReplica(),
      parts: this.whole ? sessionParts : this.#lateParts(),
      clock: this.process.clock,
      random: this.process.random,
      close: async () => this.client.disconnect(this.bus),
    }
  }

  /** A session's code over a network of its own, as a browser's page gets it. */
  #lateParts(): SessionPartsSource {
    const { process } = this
    const own = process.random.copy()
    let losses = own.pick([0, 0, 0, 1, 2])
    return () =>
      new Promise((resolve, reject) => {
        this.#options.scheduler.schedule(own.heavyTail(50, 4_000), process, 'act', () => {
          if (losses-- > 0) return reject(new Error('Failed to fetch dynamically imported module'))
          this.whole = true
          resolve(sessionParts)
        })
      })
  }

  #openReplica(): SqliteDriver {
    const driver = this.#options.openMemory()
    this.#drivers.push(driver)
    return driver
  }

  #hear(error: StoreError): void {
    // A leader that finds itself deposed says so to the sessions that still hear it.
    if (error.code === 'leader/lost' && !error.message.includes('failed')) return
    if (this.client.failed(error)) return
    if (error.code === 'storage/corrupt' && this.#losses < this.client.losses) {
      // Rule SESS-1: reads may go back once for each, when it is said.
      this.#losses += 1
      this.head = Number(error.details.now)
      return
    }
    this.#options.judge.fail('ERROR', `${this.process.name} reported ${error.code}: ${error.message}`)
  }

  #release(): void {
    for (const driver of this.#drivers) driver.close()
  }
}
