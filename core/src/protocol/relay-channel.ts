import type { Channel } from './channel.ts'

/**
 * One lasting channel over whichever leader is there: the adapter puts each leader's end in with `use`. What is sent while there is
 * none is dropped: a session says hello to every leader, and sends again what that one does not have.
 */
export class RelayChannel<Out, In> implements Channel<Out, In> {
  #current: Channel<Out, In> | null = null
  #listener: ((message: In) => void) | null = null
  #onGone: (() => void) | null = null
  #closed = false

  /** From now on messages go to and come from `channel`, and no other. */
  use(channel: Channel<Out, In>): void {
    if (this.#closed) return channel.close()
    this.#current?.close()
    this.#current = channel
    if (this.#listener) this.#attach(channel)
  }

  /** The leader behind it is gone. */
  drop(): void {
    this.#current?.close()
    this.#gone()
  }

  send(message: Out): void {
    this.#current?.send(message)
  }

  /** `gone` tells each time that the leader of the moment is gone; another may follow. */
  listen(listener: (message: In) => void, gone?: () => void): void {
    this.#listener = listener
    this.#onGone = gone ?? null
    if (this.#current) this.#attach(this.#current)
  }

  close(): void {
    this.#closed = true
    this.drop()
  }

  #attach(channel: Channel<Out, In>): void {
    channel.listen(
      (message) => {
        if (this.#current === channel) this.#listener?.(message)
      },
      () => {
        if (this.#current === channel) this.#gone()
      },
    )
  }

  #gone(): void {
    this.#current = null
    if (!this.#closed) this.#onGone?.()
  }
}
