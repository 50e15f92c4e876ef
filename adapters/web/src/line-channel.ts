import type { Channel } from '@livefold/core/adapter'

type Side = 'session' | 'leader'

interface Envelope {
  readonly to: Side
  readonly frame: unknown
}

/**
 * A session's line, from either side: one BroadcastChannel per session, on which it hears whoever leads. Other leaders, past or
 * future, may be on it too, hence the address; frames carry the epoch.
 */
export class LineChannel<Out, In> implements Channel<Out, In> {
  readonly #name: string
  readonly #side: Side
  #channel: BroadcastChannel | null = null
  #listener: ((message: In) => void) | null = null
  #early: In[] = []
  protected open = true

  constructor(name: string, side: Side) {
    this.#name = name
    this.#side = side
    this.resume()
  }

  send(message: Out): void {
    const to = this.#side === 'session' ? 'leader' : 'session'
    this.#channel?.postMessage({ to, frame: message } satisfies Envelope)
  }

  /** Until `resume` nothing arrives, and what is sent is lost. */
  pause(): void {
    this.#channel?.close()
    this.#channel = null
  }

  resume(): void {
    if (!this.open || this.#channel) return
    this.#channel = new BroadcastChannel(this.#name)
    this.#channel.onmessage = ({ data }: MessageEvent<Envelope>) => {
      if (data.to === this.#side) this.deliver(data.frame as In)
    }
  }

  listen(listener: (message: In) => void): void {
    this.#listener = listener
    // Not within the call: the listener's owner is still being made. Before any other message: those come as tasks.
    queueMicrotask(() => {
      for (const message of this.#early.splice(0)) this.deliver(message)
    })
  }

  /** Hands a message to the listener, as if it had come over the line. */
  deliver(message: In): void {
    if (!this.open) return
    if (this.#listener) this.#listener(message)
    else this.#early.push(message)
  }

  close(): void {
    if (!this.open) return
    this.open = false
    this.pause()
  }
}
