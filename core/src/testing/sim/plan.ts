import { type Scheduler, START } from './scheduler.ts'
import type { SeededRandom } from './seeded-random.ts'

/** Something that befalls a world, or that somebody does in it. */
export interface Act {
  readonly number: number
  /** Virtual ms since the world began. */
  readonly at: number
  /** What was done, once it has happened. */
  did: string | null
}

/** Does an act, by chance of the act's own; gives what was done. */
export type Doing = (random: SeededRandom, act: Act) => string

/**
 * The timetable of a world. Acts are planned before the world begins and draw from forks of their own, so that one can be left out
 * and the others stay what they are: what a failing world is shrunk by.
 */
export class Plan {
  readonly acts: Act[] = []
  readonly #scheduler: Scheduler
  readonly #random: SeededRandom
  readonly #kept: ReadonlySet<number> | null

  /** `kept`: numbers of the acts that happen; null for all. */
  constructor(scheduler: Scheduler, random: SeededRandom, kept: ReadonlySet<number> | null) {
    this.#scheduler = scheduler
    this.#random = random
    this.#kept = kept
  }

  /** Acts are left out on purpose: nothing is to take their place. */
  get partial(): boolean {
    return this.#kept !== null
  }

  /** The last act that happens in a partial plan. */
  get last(): number {
    return Math.max(-1, ...(this.#kept ?? []))
  }

  /** To be done `at` virtual ms after the world's beginning, which is not past. */
  add(at: number, run: Doing): void {
    const act: Act = { number: this.acts.length, at, did: null }
    this.acts.push(act)
    const random = this.#random.fork()
    if (this.#kept && !this.#kept.has(act.number)) return
    this.#scheduler.schedule(at - (this.#scheduler.now - START), null, 'act', () => {
      act.did = run(random, act)
    })
  }

  /** Those that have happened, in their order. */
  get done(): Act[] {
    return this.acts.filter((act) => act.did !== null).sort((a, b) => a.at - b.at)
  }
}
