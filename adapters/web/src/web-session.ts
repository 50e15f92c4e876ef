import type {
  AnySchema,
  Frame,
  LeaderMessage,
  LeaderStatus,
  Random,
  SessionMessage,
  SessionView,
} from '@livefold/core/adapter'
import type { Caretaker } from './caretaker.ts'
import { LeftoverKeeper } from './leftover-keeper.ts'
import { LineChannel } from './line-channel.ts'
import { Presence } from './presence.ts'
import type { StoreNames } from './store-names.ts'
import type { WebClock } from './web-clock.ts'
import type { Durability, StorageChoice } from './worker-messages.ts'
import { WorkerSeat } from './worker-seat.ts'

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
  readonly #stop = new AbortController()
  /** Null while its code is on its way. */
  #caretaker: Caretaker | null = null
  /** What the leader told last of how it is. */
  #status: LeaderStatus | null = null
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
    const { names, storage } = this.#options
    this.#keeper = new LeftoverKeeper(names.leftover + this.#line, view)
    this.#keeper.all = storage === 'memory'
  }

  /** The rest of the page's share is there. */
  complete(made: typeof Caretaker): void {
    const { signal } = this.#stop
    if (signal.aborted || !this.#keeper || this.#caretaker) return
    this.#caretaker = new made({
      ...this.#options,
      channel: this.channel,
      seat: this.#seat,
      keeper: this.#keeper,
      signal,
    })
    if (this.#status) this.#caretaker.noticed(this.#status)
  }

  changed(): void {
    this.#keeper?.changed()
    this.#caretaker?.changed()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#seat.close()
    this.channel.close()
    this.#presence?.leave()
  }

  /** Whether the message is kept back, to be delivered later. */
  #heard(message: LeaderMessage, deliver: () => void): boolean {
    if (message.type === 'announce') {
      performance.mark('livefold:leader')
      return this.#caretaker?.holds(message.dbId, deliver) === true
    }
    if (message.type === 'status') {
      this.#status = message.status
      if (this.#keeper) this.#keeper.all = message.status.storage === 'memory'
      this.#caretaker?.noticed(message.status)
    }
    return false
  }

  #followPage(): void {
    const { signal } = this.#stop
    const resume = () => {
      this.#seat.open()
      // What the leader said meanwhile may be lost.
      this.#presence?.show()
      this.#caretaker?.resumed()
    }
    document.addEventListener('freeze', () => this.#seat.terminate(), { signal })
    document.addEventListener('resume', resume, { signal })
    // Into and out of the back/forward cache.
    window.addEventListener('pagehide', ({ persisted }) => persisted && this.#away(), { signal })
    window.addEventListener('pageshow', ({ persisted }) => persisted && this.#back(), { signal })
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
