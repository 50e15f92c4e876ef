import type { Clock, Random } from '../base/clock.ts'

/** Time that stands still until `run` moves it. Timers of one moment fire in the order they were set. */
export class VirtualClock implements Clock {
  #now = 0
  #count = 0
  #timers: { readonly at: number; readonly order: number; readonly run: () => void }[] = []

  /** Timers that have not fired. */
  get pending(): number {
    return this.#timers.length
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#now
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, order: this.#count++, run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  soon(run: () => void): void {
    this.after(0, run)
  }

  /** Lets `ms` pass: fires what falls due, and lets promises settle before each and at the end. */
  async run(ms = 0): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      await settle()
      const next = this.#next(end)
      if (!next) break
      this.#timers = this.#timers.filter((other) => other !== next)
      this.#now = Math.max(this.#now, next.at)
      next.run()
    }
    this.#now = end
  }

  #next(end: number) {
    let first = null
    for (const timer of this.#timers) {
      if (timer.at > end) continue
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) first = timer
    }
    return first
  }
}

/** Resolves when promises that wait for nothing but each other have settled: a macrotask comes after all microtasks. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Ids that count up, and numbers from a small generator (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed
  let ids = 0
  return {
    id: () => `id${seed}x${(++ids).toString(36)}`.padEnd(16, '0'),
    next() {
      state = (state + 0x6d2b79f5) | 0
      let t = Math.imul(state ^ (state >>> 15), 1 | state)
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296
    },
  }
}
