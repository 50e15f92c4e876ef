import { type Clock, hostClock } from '@livefold/core/adapter'

/**
 * The clock of a page or worker. `soon` goes through a MessageChannel: timers are held back to 4 ms when nested, and to one a
 * second in hidden tabs.
 */
export class WebClock implements Clock {
  readonly #host = hostClock(globalThis)
  readonly #channel = new MessageChannel()
  #due: (() => void)[] = []

  constructor() {
    this.#channel.port1.onmessage = () => {
      const due = this.#due
      this.#due = []
      for (const run of due) run()
    }
  }

  now(): number {
    return this.#host.now()
  }

  monotonic(): number {
    return this.#host.monotonic()
  }

  after(ms: number, run: () => void): () => void {
    return this.#host.after(ms, run)
  }

  soon(run: () => void): void {
    this.#due.push(run)
    if (this.#due.length === 1) this.#channel.port2.postMessage(null)
  }

  /** What `soon` still holds is dropped. */
  close(): void {
    this.#channel.port1.close()
    this.#due = []
  }
}
