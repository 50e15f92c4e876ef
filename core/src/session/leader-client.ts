import type { Clock } from '../base/clock.ts'
import type { Channel } from '../protocol/channel.ts'
import type { Frame, LeaderMessage, SessionMessage } from '../protocol/leader-messages.ts'

/** How long a hello may go unanswered before it is said again, ms. */
const HELLO_TIMEOUT = 5_000
/** Before a leader is asked for another replica, ms: what broke one may break the next. */
const RECOVERY_WAIT = 1_000

export type SessionChannel = Channel<Frame<SessionMessage>, Frame<LeaderMessage>>

type Hello = Extract<SessionMessage, { type: 'hello' }>

export interface LeaderClientOptions {
  readonly channel: SessionChannel
  readonly clock: Clock
  /** Who we are and what we hold, at this moment; null when that is not to be said yet. */
  readonly hello: () => Hello | null
  /** Everything but announcements, of the leader that is in office. */
  readonly receive: (message: Exclude<LeaderMessage, { type: 'announce' }>) => void
  /** What the leader has said is here, and waits to be taken up: it need not say it again. */
  readonly holds: () => boolean
  readonly changed: () => void
}

/**
 * A session's line to whoever leads. Says hello to each announcement (every leader announces itself to each channel), and again
 * whenever the answer is late, so that no leader change, and no lost message, leaves the session behind.
 */
export class LeaderClient {
  readonly #options: LeaderClientOptions
  #epoch = 0
  /** Database of the leader in office. */
  #dbId: string | null = null
  #cancelRetry: (() => void) | null = null
  #waitingSince: number | null = null
  #answered = false
  #closed = false

  constructor(options: LeaderClientOptions) {
    this.#options = options
    this.#waitingSince = options.clock.now()
    this.#greetIn(HELLO_TIMEOUT)
    options.channel.listen(
      (frame) => this.#frame(frame),
      () => this.#leaderGone(),
    )
  }

  /** Epoch of the leader that answered last; 0 before. */
  get epoch(): number {
    return this.#epoch
  }

  /** The leader in office, told apart from all others. */
  get leader(): string {
    return `${this.#dbId} ${this.#epoch}`
  }

  /** The hello is answered: commits may be sent, outcomes of earlier ones are known. */
  get answered(): boolean {
    return this.#answered
  }

  /** Since when the leader owes an answer, ms; null when it does not. */
  get waitingSince(): number | null {
    return this.#waitingSince
  }

  /** Says hello, and again until it is answered. */
  greet(): void {
    if (this.#closed) return
    const message = this.#options.hello()
    this.#await(HELLO_TIMEOUT)
    if (message) this.send(message)
  }

  /** Says hello after a while; until then the leader counts as one that owes an answer. */
  greetLater(): void {
    if (!this.#closed) this.#await(RECOVERY_WAIT)
  }

  /** The hello was answered to the end: advances follow. */
  greeted(): void {
    this.#cancelRetry?.()
    this.#cancelRetry = null
    this.#waitingSince = null
    this.#answered = true
    this.#options.changed()
  }

  send(message: SessionMessage): void {
    if (!this.#closed) this.#options.channel.send({ epoch: this.#epoch, message })
  }

  close(): void {
    if (this.#closed) return
    this.send({ type: 'bye' })
    this.#closed = true
    this.#cancelRetry?.()
    this.#options.channel.close()
  }

  #frame({ epoch, message }: Frame<LeaderMessage>): void {
    if (this.#closed) return
    if (message.type === 'announce') {
      // A leader that was frozen and deposed meanwhile may still speak.
      if (message.dbId === this.#dbId && epoch < this.#epoch) return
      this.#dbId = message.dbId
      this.#epoch = epoch
      this.greet()
      return
    }
    if (epoch !== this.#epoch && epoch !== 0) return
    // The answer is on its way, perhaps in many pages.
    if (!this.#answered && (message.type === 'snapshot' || message.type === 'log')) this.#greetIn(HELLO_TIMEOUT)
    this.#options.receive(message)
  }

  #greetIn(ms: number): void {
    this.#cancelRetry?.()
    this.#cancelRetry = this.#options.clock.after(ms, () => (this.#options.holds() ? this.#greetIn(ms) : this.greet()))
  }

  /** Nobody hears what is sent now: whoever leads next announces itself. */
  #leaderGone(): void {
    if (!this.#closed) this.#await(HELLO_TIMEOUT)
  }

  /** A leader owes an answer; without one hello is said after `ms`. */
  #await(ms: number): void {
    this.#answered = false
    this.#waitingSince ??= this.#options.clock.now()
    this.#greetIn(ms)
    this.#options.changed()
  }
}
