import type { Clock } from '../base/clock.ts'

/** Longest wait for a line to open and for the welcome, ms. */
const GREETING_TIMEOUT = 10_000
/** Longest wait for the answer to a push or a ping, ms; then the line counts as dead. */
export const ANSWER_TIMEOUT = 20_000
/** The same for the ping of a probe, ms. */
const PROBE_TIMEOUT = 5_000
/** What is on its way up has that long on top, bytes a millisecond, and ms at most: on a slow line a ping waits behind it. */
const SLOWEST = 16
const LONGEST_WAY_UP = 120_000
const PING_EVERY = 15_000

export interface HeartbeatOptions {
  readonly clock: Clock
  /** Pushes wait for an answer. */
  readonly owed: () => boolean
  /** Much may be on its way down: a ping's answer would wait behind it. */
  readonly receiving: () => boolean
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
  /** Bytes of the pushes that were not answered, by their refs. */
  readonly #bytes = new Map<number, number>()
  /** Until when something has to come; null while nothing has to. */
  #dueAt: number | null = null
  #askedAt = 0
  #cancelPing: (() => void) | null = null
  #cancelDeadline: (() => void) | null = null

  constructor(options: HeartbeatOptions) {
    this.#options = options
  }

  /** A line is to be opened, and welcomed. */
  start(): void {
    this.#greeting = true
    this.#expectIn(GREETING_TIMEOUT)
  }

  welcomed(): void {
    this.#greeting = false
    this.#rest()
    this.#schedulePing()
  }

  /** The line is gone. */
  stop(): void {
    this.#cancelPing?.()
    this.#pingSent = null
    this.#rest()
  }

  /** A push leaves. It does not prolong the time for what was sent before, but by its own way up. */
  pushed(ref: number, bytes: number): void {
    const before = this.#wayUp
    this.#bytes.set(ref, bytes)
    const left = this.#dueAt === null ? ANSWER_TIMEOUT : this.#dueAt - this.#now
    this.#expectIn(left + this.#wayUp - before)
  }

  /** Something came; `ref` is what it answers. */
  heard(ref?: number): void {
    if (this.#greeting) return
    if (ref !== undefined) this.#bytes.delete(ref)
    if (!this.#options.owed() && this.#pingSent === null) return this.#rest()
    this.#probing = false
    this.#askedAt = this.#now
    this.#expectIn(ANSWER_TIMEOUT + this.#wayUp)
  }

  pong(): void {
    // An answer later than the line's time-out was waited for by a frozen process, not by the line.
    const took = this.#pingSent === null ? this.#rtt : this.#now - this.#pingSent
    this.#rtt = Math.min(ANSWER_TIMEOUT, took)
    this.#pingSent = null
    this.heard()
    this.#schedulePing()
  }

  /** The line is to show soon that it lives. However often: from the first probe on it has its time, and no more. */
  probe(): void {
    if (this.#greeting || this.#probing) return
    this.#probing = true
    const ms = (this.#options.receiving() ? ANSWER_TIMEOUT : PROBE_TIMEOUT) + this.#wayUp
    if (this.#dueAt === null || this.#now + ms < this.#dueAt) this.#expectIn(ms)
    if (this.#pingSent === null) this.#ping()
  }

  get #now(): number {
    return this.#options.clock.monotonic()
  }

  /** Time that what was not answered may take to get there, ms. */
  get #wayUp(): number {
    let bytes = 0
    for (const each of this.#bytes.values()) bytes += each
    return Math.min(LONGEST_WAY_UP, bytes / SLOWEST)
  }

  #schedulePing(): void {
    this.#cancelPing?.()
    this.#cancelPing = this.#options.clock.after(PING_EVERY, () => this.#ping())
  }

  #ping(): void {
    this.#cancelPing?.()
    this.#pingSent = this.#now
    if (this.#dueAt === null) this.#expectIn(ANSWER_TIMEOUT)
    this.#options.ping(this.#rtt)
  }

  #expectIn(ms: number): void {
    const { clock, dead } = this.#options
    if (this.#dueAt === null) this.#askedAt = this.#now
    this.#dueAt = this.#now + ms
    this.#cancelDeadline?.()
    this.#cancelDeadline = clock.after(ms, () => dead(this.#now - this.#askedAt))
  }

  /** Nothing has to come. */
  #rest(): void {
    this.#cancelDeadline?.()
    this.#cancelDeadline = null
    this.#dueAt = null
    this.#probing = false
    this.#bytes.clear()
  }
}
