import type { Clock } from '../../base/clock.ts'
import { type Scheduler, START, type Step } from './scheduler.ts'
import type { SeededRandom } from './seeded-random.ts'

/**
 * Something that can die or freeze by itself: a tab, a leader's worker, the server. Nothing that a dead process had
 * planned ever happens; what a frozen one had planned happens, in order, when it is resumed.
 */
export class SimProcess {
  readonly name: string
  readonly random: SeededRandom
  readonly clock: Clock
  alive = true
  frozen = false
  /** Its wall clock, ahead of virtual time by so many ms. Timers and its monotonic clock do not heed it. */
  skew = 0
  readonly #scheduler: Scheduler
  #turns: (() => void)[] = []
  #held: Step[] = []
  readonly #timers = new Set<Step>()

  constructor(name: string, scheduler: Scheduler, random: SeededRandom) {
    this.name = name
    this.random = random
    this.#scheduler = scheduler
    this.clock = {
      now: () => scheduler.now + this.skew,
      monotonic: () => scheduler.now - START,
      after: (ms, run) => this.#after(ms, run),
      soon: (run) => this.#soon(run),
    }
  }

  /** Timers set and not fired. */
  get timers(): number {
    return this.#timers.size
  }

  kill(): void {
    this.alive = false
    this.frozen = false
    this.#held = []
    this.#turns = []
    this.#timers.clear()
  }

  freeze(): void {
    this.frozen = true
  }

  hold(step: Step): void {
    this.#held.push(step)
  }

  resume(): void {
    this.frozen = false
    const held = this.#held
    this.#held = []
    for (const [i, step] of held.entries()) {
      this.#scheduler.schedule(0, this, step.kind, () => step.cancelled || step.run(), i / (held.length + 1))
    }
  }

  #after(ms: number, run: () => void): () => void {
    if (!this.alive) return () => {}
    const step: Step = this.#scheduler.schedule(Math.ceil(ms), this, 'timer', () => {
      this.#timers.delete(step)
      run()
    })
    this.#timers.add(step)
    return () => {
      step.cancelled = true
      this.#timers.delete(step)
    }
  }

  /** Turns keep their order; how long each takes to come is chance. */
  #soon(run: () => void): void {
    if (!this.alive) return
    this.#turns.push(run)
    const late = this.random.chance(0.1) ? this.random.between(1, 4) : 0
    this.#scheduler.schedule(late, this, 'soon', () => this.#turns.shift()?.())
  }
}
