import {
  type AnySchema,
  type Clock,
  type Frame,
  type LeaderMessage,
  type LeaderStatus,
  type Random,
  type SessionMessage,
  StoreError,
  watchNetwork,
} from '@livefold/core/adapter'
import type { LeftoverCourier } from './leftover-courier.ts'
import type { LeftoverKeeper } from './leftover-keeper.ts'
import { leftoverKeys } from './leftover-keys.ts'
import { LeftoverWatch } from './leftover-watch.ts'
import type { LineChannel } from './line-channel.ts'
import type { LogCopy } from './log-copy.ts'
import type { StoreNames } from './store-names.ts'
import { WorkerDoctor } from './worker-doctor.ts'
import type { LobbyMessage } from './worker-messages.ts'
import type { WorkerSeat } from './worker-seat.ts'

/** Before code that did not load is asked for again, ms. */
const LOAD_RETRY = 5_000

export interface CaretakerOptions {
  readonly names: StoreNames
  readonly schema: AnySchema
  readonly clock: Clock
  readonly random: Random
  /** To the leader. */
  readonly channel: LineChannel<Frame<SessionMessage>, Frame<LeaderMessage>>
  readonly seat: WorkerSeat
  readonly keeper: LeftoverKeeper
  /** The session is closed. */
  readonly signal: AbortSignal
}

/**
 * What a page does for its store beside a session of its own: it has delivered what other sessions left, copies the log of a leader that
 * has neither disk nor sync, watches that what it would leave itself does not grow too large, and sees to its worker. Loaded after the first
 * queries.
 */
export class Caretaker {
  readonly #options: CaretakerOptions
  readonly #watch: LeftoverWatch
  #courier: LeftoverCourier | null = null
  /** Where the leader has neither a disk nor a sync. */
  #log: LogCopy | null = null

  constructor(options: CaretakerOptions) {
    this.#options = options
    const { names, clock, keeper, seat, signal } = options
    this.#watch = new LeftoverWatch(keeper, clock)
    this.#watch.changed()
    window.addEventListener(
      'storage',
      ({ key, newValue }) => {
        if (newValue !== null && key?.startsWith(names.leftover)) void this.#deliver()
      },
      { signal },
    )
    const ended = watchNetwork(window, () => this.#probe())
    signal.addEventListener('abort', () => {
      ended()
      this.#log?.close()
    })
    seat.doctor = new WorkerDoctor(seat, {
      late: (error) => this.#tell(error),
      failed: (error) => void this.#workerFailed(error),
    })
    void this.#deliver()
  }

  /** Something was committed, acked or settled. */
  changed(): void {
    this.#watch.changed()
  }

  /** A leader announces itself. Whether that is kept from the session, to be delivered later. */
  holds(dbId: string, deliver: () => void): boolean {
    void this.#deliver()
    return this.#log?.holds(dbId, deliver) === true
  }

  noticed({ storage, connection }: LeaderStatus): void {
    if (storage === 'memory' && connection === 'none') void this.#copyLog()
  }

  /** The page was frozen: what was said meanwhile may be lost. */
  resumed(): void {
    this.#log?.show()
  }

  /** A channel that stayed open would end a page in the back/forward cache. */
  #probe(): void {
    const lobby = new BroadcastChannel(this.#options.names.lobby)
    lobby.postMessage({ type: 'probe' } satisfies LobbyMessage)
    lobby.close()
  }

  /** Has what other sessions left delivered. Code that does not load leaves it where it is: the next announcement tries again. */
  async #deliver(): Promise<void> {
    const { keeper, names, random } = this.#options
    const own = keeper.key
    if (leftoverKeys(names.leftover).every((key) => key === own)) return
    const loaded = await import('./leftover-courier.ts').catch(() => null)
    if (!loaded) return
    this.#courier ??= new loaded.LeftoverCourier({ ...this.#options, own, newLine: () => random.id() })
    this.#courier.deliver()
  }

  async #copyLog(): Promise<void> {
    if (this.#log) return
    const { random, clock, signal } = this.#options
    const loaded = await import('./log-copy.ts').catch(() => null)
    if (this.#log || signal.aborted) return
    // Without it the log ends with its leader, whose next status may never come.
    if (!loaded) return void clock.after(LOAD_RETRY, () => signal.aborted || this.#copyLog())
    this.#log = new loaded.LogCopy({ ...this.#options, line: random.id() })
  }

  /** Unless another tab leads, nobody will: the session is told at once. */
  async #workerFailed(error: StoreError): Promise<void> {
    const { held = [] } = await navigator.locks.query()
    const led = held.some(({ name }) => name === this.#options.names.leader)
    this.#tell(new StoreError(error.code, error.message, { retry: led ? 'restart' : 'no' }))
  }

  #tell(error: StoreError): void {
    this.#options.channel.deliver({ epoch: 0, message: { type: 'failed', error: error.toJSON() } })
  }
}
