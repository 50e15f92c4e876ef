import type { Clock } from '@livefold/core/adapter'

/**
 * A clock whose `soon` runs when asked to, so that a measured piece of work is synchronous and whole. Timers never fire: nothing
 * that is measured may wait for one.
 */
export class HandClock implements Clock {
  #queue: (() => void)[] = []

  now(): number {
    return Date.now()
  }

  monotonic(): number {
    return performance.now()
  }

  after(): () => void {
    return () => {}
  }

  soon(run: () => void): void {
    this.#queue.push(run)
  }

  /** Runs everything that is due, and what comes of it. */
  run(): void {
    while (this.#queue.length > 0) {
      const due = this.#queue
      this.#queue = []
      for (const each of due) each()
    }
  }
}
