import { deferred } from '../base/deferred.ts'
import type { ConfirmedEvent } from '../protocol/event-record.ts'

/** Confirmed events held between a reader and the leader. */
const PAGE = 500

interface EventSource {
  readonly head: number
  read(after: number, limit: number): Promise<{ readonly events: readonly ConfirmedEvent[] }>
}

/** Confirmed events in order, first those of the log, then live, until `close`. One page is held at a time, however slow the reader. */
export class EventStreams {
  readonly #source: EventSource
  #advanced = deferred<void>()
  #closed = false

  constructor(source: EventSource) {
    this.#source = source
  }

  /** The head may have moved. */
  wake(): void {
    this.#advanced.resolve()
    this.#advanced = deferred()
  }

  close(): void {
    this.#closed = true
    this.wake()
  }

  async *read(after: number): AsyncGenerator<ConfirmedEvent, void, undefined> {
    let at = after
    while (!this.#closed) {
      if (at >= this.#source.head) {
        await this.#advanced.promise
        continue
      }
      const closed = this.#advanced.promise.then(() => null)
      const page = await Promise.race([this.#source.read(at, PAGE), this.#untilClosed(closed)])
      if (page === null) return
      for (const event of page.events) {
        at = event.seq
        yield event
        if (this.#closed) return
      }
    }
  }

  /** Resolves with null once the store is closed: a page that was asked for then never comes. */
  async #untilClosed(advanced: Promise<null>): Promise<null> {
    await advanced
    while (!this.#closed) await this.#advanced.promise
    return null
  }
}
