import type { MessagePort } from 'node:worker_threads'
import type { Channel } from '@livefold/core/adapter'

/** A channel over a MessagePort; an open one keeps process and thread alive. */
export class PortChannel<Out, In> implements Channel<Out, In> {
  readonly #port: MessagePort
  #gone = false

  constructor(port: MessagePort) {
    this.#port = port
    port.once('close', () => {
      this.#gone = true
    })
  }

  send(message: Out): void {
    this.#port.postMessage(message)
  }

  listen(listener: (message: In) => void, closed?: () => void): void {
    this.#port.on('message', listener)
    if (!closed) return
    if (this.#gone) setImmediate(closed)
    else this.#port.on('close', closed)
  }

  close(): void {
    this.#port.removeAllListeners()
    this.#port.close()
  }
}
