import type { Channel } from '../../protocol/channel.ts'
import type { Frame, LeaderMessage, SessionMessage } from '../../protocol/leader-messages.ts'
import { Pipe } from './pipe.ts'
import type { Scheduler } from './scheduler.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { SimProcess } from './sim-process.ts'

type ToLeader = Frame<SessionMessage>
type ToSession = Frame<LeaderMessage>

/**
 * A session's channel as a BroadcastChannel of its own: every leader of the client hears it, also one that is frozen or
 * deposed, and all that leaders say comes in, also from one that has just died.
 */
export class SessionBus implements Channel<ToLeader, ToSession> {
  readonly process: SimProcess
  readonly #scheduler: Scheduler
  readonly #random: SeededRandom
  /** Typical delay of a message, ms. */
  readonly #delay: number
  #ends: LeaderEnd[] = []
  #listener: ((message: ToSession) => void) | null = null
  #early: ToSession[] = []
  #open = true

  constructor(options: { process: SimProcess; scheduler: Scheduler; random: SeededRandom; delay: number }) {
    this.process = options.process
    this.#scheduler = options.scheduler
    this.#random = options.random
    this.#delay = options.delay
  }

  send(message: ToLeader): void {
    if (!this.#open || !this.process.alive) return
    this.#ends = this.#ends.filter((end) => end.process.alive && end.open)
    for (const end of this.#ends) end.up.put(structuredClone(message), this.#latency())
  }

  listen(listener: (message: ToSession) => void): void {
    // Never within `listen`; what arrives meanwhile waits its turn behind what came before.
    this.process.clock.soon(() => {
      this.#listener = listener
      for (const message of this.#early.splice(0)) if (this.#open) listener(message)
    })
  }

  close(): void {
    this.#open = false
  }

  /** A leader's end. */
  attach(leader: SimProcess): Channel<ToSession, ToLeader> {
    const bus = this
    const down = new Pipe<ToSession>(this.#scheduler, this.process, (message) => this.#receive(message))
    const end: LeaderEnd = {
      process: leader,
      open: true,
      up: new Pipe<ToLeader>(this.#scheduler, leader, (message) => end.open && end.listener?.(message)),
      down,
      listener: null,
      closed: null,
    }
    this.#ends.push(end)
    return {
      send(message) {
        if (leader.alive && end.open && bus.#open) down.put(structuredClone(message), bus.#latency())
      },
      listen(listener, closed) {
        end.listener = listener
        end.closed = closed ?? null
      },
      close() {
        end.open = false
      },
    }
  }

  /** The session died or left without goodbye: leaders are told, each a while later. */
  gone(): void {
    this.#open = false
    for (const end of this.#ends) {
      if (end.open) this.#scheduler.schedule(this.#random.between(0, 500), end.process, 'frame', () => end.closed?.())
    }
  }

  /** A leader died: of what it had said last, some may be lost. */
  lost(leader: SimProcess): void {
    for (const end of this.#ends) if (end.process === leader) end.down.cut(this.#random.pick([0, 1, 1000]))
  }

  #receive(message: ToSession): void {
    if (!this.#open) return
    if (this.#listener) this.#listener(message)
    else this.#early.push(message)
  }

  #latency(): number {
    return this.#random.chance(0.5) ? 0 : this.#random.heavyTail(this.#delay, 400 * this.#delay)
  }
}

interface LeaderEnd {
  readonly process: SimProcess
  open: boolean
  readonly up: Pipe<ToLeader>
  readonly down: Pipe<ToSession>
  listener: ((message: ToLeader) => void) | null
  closed: (() => void) | null
}
