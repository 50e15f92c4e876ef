/** Watches for how long the page cannot answer: the longest time between two turns that both wanted to come at once. */
export class Stall {
  readonly #channel = new MessageChannel()
  #last = performance.now()
  #longest = 0

  constructor() {
    this.#channel.port1.onmessage = () => this.#turn()
    this.#channel.port2.postMessage(null)
  }

  /** Milliseconds. */
  end(): number {
    this.#look()
    this.#channel.port1.close()
    return this.#longest
  }

  #turn(): void {
    this.#look()
    this.#channel.port2.postMessage(null)
  }

  #look(): void {
    const now = performance.now()
    this.#longest = Math.max(this.#longest, now - this.#last)
    this.#last = now
  }
}
