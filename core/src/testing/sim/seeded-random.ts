import type { Random } from '../../base/clock.ts'

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz'

/** Chance that is decided by a seed (mulberry32). Each part of a world draws from a fork of its own. */
export class SeededRandom implements Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
    // The first draws of neighbouring seeds resemble each other.
    for (let i = 0; i < 4; i++) this.next()
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  id(): string {
    let id = ''
    for (let i = 0; i < 4; i++) {
      let four = this.int(36 ** 4)
      for (let j = 0; j < 4; j++) {
        id += ALPHABET[four % 36]
        four = Math.floor(four / 36)
      }
    }
    return id
  }

  /** A whole number in `[0, below)`. */
  int(below: number): number {
    return Math.floor(this.next() * below)
  }

  /** A whole number in `[from, to]`. */
  between(from: number, to: number): number {
    return from + this.int(to - from + 1)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(list: readonly T[]): T {
    return list[this.int(list.length)] as T
  }

  /** Mostly near `typical`, now and then many times that, never beyond `longest`. */
  heavyTail(typical: number, longest: number): number {
    return Math.min(longest, Math.round(typical * 0.6 * (1 - this.next()) ** -0.8))
  }

  /** Draws the same from here on. */
  copy(): SeededRandom {
    const copy = new SeededRandom(0)
    copy.#state = this.#state
    return copy
  }

  fork(): SeededRandom {
    return new SeededRandom(this.int(2 ** 31))
  }
}
