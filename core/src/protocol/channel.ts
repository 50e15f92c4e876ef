import type { Clock } from '../base/clock.ts'

/**
 * Two-way, ordered carrier of structured-clone values between a session and its leader.
 * Messages that arrive before `listen` are kept for it. After `close()` neither side hears anything more.
 */
export interface Channel<Out, In> {
  send(message: Out): void
  /** At most one listener. `closed` tells later that the other side is gone, or was before this call, where the platform can tell. */
  listen(listener: (message: In) => void, closed?: () => void): void
  close(): void
}

/** A channel's two ends in one process. Messages are cloned, as a worker's would be, and arrive later, never within `send`. */
export function channelPair<A, B>(clock: Clock): [Channel<A, B>, Channel<B, A>] {
  const left = new PairEnd<A, B>(clock)
  const right = new PairEnd<B, A>(clock)
  left.peer = right
  right.peer = left
  return [left, right]
}

class PairEnd<Out, In> implements Channel<Out, In> {
  peer!: PairEnd<In, Out>
  readonly #clock: Clock
  #inbox: In[] = []
  #scheduled = false
  #listener: ((message: In) => void) | null = null
  #onClosed: (() => void) | null = null
  #open = true

  constructor(clock: Clock) {
    this.#clock = clock
  }

  send(message: Out): void {
    if (this.#open && this.peer.#open) this.peer.#receive(structuredClone(message))
  }

  listen(listener: (message: In) => void, closed?: () => void): void {
    this.#listener = listener
    this.#onClosed = closed ?? null
    if (this.#inbox.length > 0) this.#schedule()
    this.#tellClosed()
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    this.#inbox = []
    if (this.peer.#onClosed) this.peer.#tellClosed()
  }

  #tellClosed(): void {
    if (!this.peer.#open) this.#clock.soon(() => this.#open && this.#onClosed?.())
  }

  #receive(message: In): void {
    this.#inbox.push(message)
    if (this.#listener) this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#clock.soon(() => {
      this.#scheduled = false
      const messages = this.#inbox
      this.#inbox = []
      for (const message of messages) if (this.#open) this.#listener?.(message)
    })
  }
}
