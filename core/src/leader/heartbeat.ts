import type { Clock } from '../base/clock.ts'

/** Longest wait for a line to open and for the welcome, ms. */
const GREETING_TIMEOUT = 10_000
/** Longest wait for the answer to a push or a ping, ms; then the line counts as dead. */
export const ANSWER_TIMEOUT = 20_000
/** The same for the ping of a probe, ms. */
const PROBE_TIMEOUT = 5_000
const PING_EVERY = 15_000

export interface HeartbeatOptions {
  readonly clock: Clock
  /** Pushes wait for an answer. */
  readonly owed: () => boolean
  /** `rtt`: the round trip of the ping before, ms. */
  readonly ping: (rtt: number) => void
  /** The other end was silent for longer than it may be. */
  readonly dead: (ms: number) => void
}

/** Whether a line lives: asks it now and then, and counts it as dead when it is silent for too long while an answer is due. */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  #rtt = 0
  #greeting = false
  #pingSent: number | null = null
  /** A ping is out that is to be answered soon. */
  #probing = false
  #cancelPing: (() => void) | null = null
  #cancelDeadline: (() => void) | null = null

  constructor(options: HeartbeatOptions) {
    this.#options = options
  }

  /** A line is to be opened, and welcomed. */
  start(): void {
    this.#greeting = true
    this.#deadline(GREETING_TIMEOUT)
  }

  welcomed(): void {
    this.#greeting = false
    this.#endDeadline()
    this.#schedulePing()
  }

  /** The line is gone. */
  stop(): void {
    this.#cancelPing?.()
    this.#endDeadline()
    this.#pingSent = null
    this.#probing = false
  }

  /** Something was sent that is answered: that does not prolong the time for what was sent before. */
  sent(): void {
    if (this.#greeting || this.#cancelDeadline) return
    if (this.#options.owed() || this.#pingSent !== null) this.#deadline(ANSWER_TIMEOUT)
  }

  /** Something came. */
  heard(): void {
    if (this.#greeting) return
    this.#probing = false
    this.#endDeadline()
    this.sent()
  }

  pong(): void {
    // An answer later than the line's time-out was waited for by a frozen process, not by the line.
    const took = this.#pingSent === null ? this.#rtt : this.#options.clock.monotonic() - this.#pingSent
    this.#rtt = Math.min(ANSWER_TIMEOUT, took)
    this.#pingSent = null
    this.heard()
    this.#schedulePing()
  }

  /** A line that owes nothing else is to answer soon. However often: from the first probe on it has its time, and no more. */
  probe(): void {
    if (this.#probing || this.#options.owed()) return
    this.#probing = true
    this.#endDeadline()
    this.#deadline(PROBE_TIMEOUT)
    if (this.#pingSent === null) this.#ping()
  }

  #schedulePing(): void {
    this.#cancelPing?.()
    this.#cancelPing = this.#options.clock.after(PING_EVERY, () => this.#ping())
  }

  #ping(): void {
    this.#cancelPing?.()
    this.#pingSent = this.#options.clock.monotonic()
    this.#options.ping(this.#rtt)
    this.sent()
  }

  #deadline(ms: number): void {
    this.#cancelDeadline = this.#options.clock.after(ms, () => this.#options.dead(ms))
  }

  #endDeadline(): void {
    this.#cancelDeadline?.()
    this.#cancelDeadline = null
  }
}
