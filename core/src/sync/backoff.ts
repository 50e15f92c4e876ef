import type { Random } from '../base/clock.ts'

const FIRST = 250
const LONGEST = 30_000

/** Waits between attempts to connect: doubled each time up to 30 s, each spread over its upper half so that clients do not return at once. */
export class Backoff {
  readonly #random: Random
  #attempt = 0

  constructor(random: Random) {
    this.#random = random
  }

  /** Milliseconds to wait before the next attempt. */
  next(): number {
    const ceiling = Math.min(LONGEST, FIRST * 2 ** this.#attempt)
    this.#attempt += 1
    return Math.round(ceiling * (0.5 + 0.5 * this.#random.next()))
  }

  /** A connection worked: begin anew. */
  reset(): void {
    this.#attempt = 0
  }
}
