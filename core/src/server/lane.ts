import { StoreError } from '../base/errors.ts'

/** Runs tasks one after the other, with a bound on what waits. */
export class Lane {
  readonly #limits: { readonly inboxMessages: number; readonly inboxBytes: number }
  readonly #failed: (error: unknown) => void
  #tasks: { readonly bytes: number; readonly run: () => Promise<void> | void }[] = []
  #bytes = 0
  #running: Promise<void> | null = null

  constructor(
    limits: { readonly inboxMessages: number; readonly inboxBytes: number },
    failed: (error: unknown) => void,
  ) {
    this.#limits = limits
    this.#failed = failed
  }

  /** Resolves when nothing runs any more. */
  get idle(): Promise<void> {
    return this.#running ?? Promise.resolve()
  }

  /** @throws StoreError sync/limit when too much waits */
  add(bytes: number, run: () => Promise<void> | void): void {
    if (this.#tasks.length >= this.#limits.inboxMessages || this.#bytes + bytes > this.#limits.inboxBytes) {
      throw new StoreError(
        'sync/limit',
        `More than ${this.#limits.inboxMessages} messages or ${this.#limits.inboxBytes} bytes wait here. Send less ahead.`,
        {
          retry: 'backoff',
        },
      )
    }
    this.#tasks.push({ bytes, run })
    this.#bytes += bytes
    this.#running ??= this.#drain()
  }

  /** Forgets what has not begun. */
  clear(): void {
    this.#tasks = []
    this.#bytes = 0
  }

  async #drain(): Promise<void> {
    for (let task = this.#tasks[0]; task; task = this.#tasks[0]) {
      try {
        await task.run()
      } catch (error) {
        this.#failed(error)
      }
      // `clear` may have emptied the list meanwhile.
      if (this.#tasks[0] === task) {
        this.#tasks.shift()
        this.#bytes -= task.bytes
      }
    }
    this.#running = null
  }
}
