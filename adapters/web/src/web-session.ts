import {
  type AnySchema,
  type Frame,
  type LeaderMessage,
  type Random,
  type SessionMessage,
  type SessionView,
  StoreError,
} from '@livefold/core/adapter'
import type { LeftoverCourier } from './leftover-courier.ts'
import { LeftoverKeeper } from './leftover-keeper.ts'
import { Leftovers } from './leftovers.ts'
import { LineChannel } from './line-channel.ts'
import type { LogCopy } from './log-copy.ts'
import { Presence } from './presence.ts'
import type { StoreNames } from './store-names.ts'
import type { WebClock } from './web-clock.ts'
import type { Durability, StorageChoice } from './worker-messages.ts'
import { WorkerSeat } from './worker-seat.ts'

/** Before code that did not load is asked for again, ms. */
const LOAD_RETRY = 5_000

export interface WebSessionOptions {
  readonly names: StoreNames
  readonly schema: AnySchema
  readonly worker: () => Worker
  readonly leading: (leading: boolean) => void
  readonly storage: StorageChoice
  readonly durability: Durability
  readonly development: boolean
  readonly module: Promise<WebAssembly.Module | null>
  readonly clock: WebClock
  readonly random: Random
}

/** A page's share of a store: its line to the leader, its own candidate, and what happens to both when the page is hidden, frozen or left. */
export class WebSession {
  readonly channel: LineChannel<Frame<SessionMessage>, Frame<LeaderMessage>>
  readonly #options: WebSessionOptions
  readonly #line: string
  readonly #seat: WorkerSeat
  readonly #leftovers: Leftovers
  #courier: LeftoverCourier | null = null
  readonly #stop = new AbortController()
  /** Where the leader has neither a disk nor a sync. */
  #log: LogCopy | null = null
  #presence: Presence | null = null
  #keeper: LeftoverKeeper | null = null

  constructor(options: WebSessionOptions) {
    const { names, worker, leading, storage, durability, development, module, clock, random } = options
    this.#options = options
    this.#line = random.id()
    this.channel = new SessionLine(names.session + this.#line, {
      heard: (message, deliver) => this.#heard(message, deliver),
      // The session says goodbye: what the leader did not take in time is left for the next one.
      closing: () => this.#keeper?.close(),
    })
    this.#leftovers = new Leftovers(names.leftover)
    this.#seat = new WorkerSeat({
      start: worker,
      message: {
        type: 'start',
        storeId: names.storeId,
        storage,
        durability,
        clientId: clientName(names, random),
        development,
      },
      module,
      clock,
      leading,
      late: (error) => this.#tell(error),
      failed: (error) => void this.#workerFailed(error),
    })
    this.#seat.open()
    this.#followPage()
  }

  /** Resolves when the leader, this one or a later one, knows of the session. */
  enter(): Promise<void> {
    this.#presence = new Presence(this.#options.names, this.#line)
    return this.#presence.entered
  }

  attach(view: SessionView): void {
    this.#keeper = new LeftoverKeeper(this.#line, this.#leftovers, this.#options.clock, view)
    this.#keeper.all = this.#options.storage === 'memory'
  }

  changed(): void {
    this.#keeper?.changed()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.#log?.close()
    await this.#seat.close()
    this.channel.close()
    this.#presence?.leave()
  }

  /** Whether the message is kept back, to be delivered later. */
  #heard(message: LeaderMessage, deliver: () => void): boolean {
    if (message.type === 'announce') {
      performance.mark('livefold:leader')
      void this.#deliver()
      return this.#log?.holds(message.dbId, deliver) === true
    }
    if (message.type === 'status') {
      const memory = message.status.storage === 'memory'
      if (this.#keeper) this.#keeper.all = memory
      if (memory && message.status.connection === 'none') void this.#copyLog()
    }
    return false
  }

  /** Has what other sessions left delivered. Code that does not load leaves it where it is: the next announcement tries again. */
  async #deliver(): Promise<void> {
    const own = this.#leftovers.key(this.#line)
    if (this.#leftovers.keys().every((key) => key === own)) return
    const loaded = await import('./leftover-courier.ts').catch(() => null)
    if (!loaded) return
    const { names, schema, clock, random } = this.#options
    this.#courier ??= new loaded.LeftoverCourier({
      names,
      schema,
      clock,
      leftovers: this.#leftovers,
      newLine: () => random.id(),
      own,
      signal: this.#stop.signal,
    })
    this.#courier.deliver()
  }

  async #copyLog(): Promise<void> {
    if (this.#log) return
    const { names, schema, random, clock } = this.#options
    const loaded = await import('./log-copy.ts').catch(() => null)
    if (this.#log || this.#stop.signal.aborted) return
    // Without it the log ends with its leader, whose next status may never come.
    if (!loaded) return void clock.after(LOAD_RETRY, () => this.#stop.signal.aborted || this.#copyLog())
    this.#log = new loaded.LogCopy({ names, clock, schema, line: random.id() })
  }

  #followPage(): void {
    const { signal } = this.#stop
    const resume = () => {
      this.#seat.open()
      // What the leader said meanwhile may be lost.
      this.#presence?.show()
      this.#log?.show()
    }
    document.addEventListener('freeze', () => this.#seat.terminate(), { signal })
    document.addEventListener('resume', resume, { signal })
    // Into and out of the back/forward cache.
    window.addEventListener('pagehide', ({ persisted }) => persisted && this.#away(), { signal })
    window.addEventListener('pageshow', ({ persisted }) => persisted && this.#back(), { signal })
    window.addEventListener(
      'storage',
      ({ key, newValue }) => {
        if (newValue !== null && key?.startsWith(this.#options.names.leftover)) void this.#deliver()
      },
      { signal },
    )
  }

  /** A browser drops a cached page that somebody speaks to, or whose lock somebody waits for: nobody is to know of it. */
  #away(): void {
    this.#seat.terminate()
    this.channel.pause()
    this.#presence?.leave()
    this.#presence = null
  }

  #back(): void {
    this.#seat.open()
    this.channel.resume()
    void this.enter()
  }

  /** Unless another tab leads, nobody will: the session is told at once. */
  async #workerFailed(error: StoreError): Promise<void> {
    const { held = [] } = await navigator.locks.query()
    const led = held.some(({ name }) => name === this.#options.names.leader)
    this.#tell(new StoreError(error.code, error.message, { retry: led ? 'restart' : 'no' }))
  }

  #tell(error: StoreError): void {
    this.channel.deliver({ epoch: 0, message: { type: 'failed', error: error.toJSON() } })
  }
}

/**
 * The same for all tabs, whatever becomes of the database: a session's commits name their client for good, and the sync server takes them
 * from a leader of that client alone.
 */
function clientName({ client }: StoreNames, random: Random): string {
  try {
    const known = localStorage.getItem(client)
    if (known !== null) return known
    const name = random.id()
    localStorage.setItem(client, name)
    return name
  } catch {
    return random.id()
  }
}

interface LineTaps {
  heard(message: LeaderMessage, deliver: () => void): boolean
  closing(): void
}

class SessionLine extends LineChannel<Frame<SessionMessage>, Frame<LeaderMessage>> {
  readonly #taps: LineTaps

  constructor(name: string, taps: LineTaps) {
    super(name, 'session')
    this.#taps = taps
  }

  override deliver(frame: Frame<LeaderMessage>): void {
    const deliver = () => super.deliver(frame)
    if (!this.#taps.heard(frame.message, deliver)) deliver()
  }

  override close(): void {
    this.#taps.closing()
    super.close()
  }
}
