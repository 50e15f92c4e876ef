import { type Deferred, deferred } from '../base/deferred.ts'
import type { ConfirmedEvent } from '../protocol/event-record.ts'

/** Confirmed events held between a reader and the leader. */
const PAGE = 500

interface EventSource {
  head(): number
  /** Answers with no events once it is closed. */
  read(after: number, limit: number): Promise<readonly ConfirmedEvent[]>
}

/** Confirmed events in order, first those of the log, then live, until `close`. One page is held at a time, however slow the reader. */
export class EventStreams {
  readonly #source: EventSource
  /** What the readers at the head wait for; null when none does. */
  #advanced: Deferred<void> | null = null
  #closed = false

  constructor(source: EventSource) {
    this.#source = source
  }

  /** The head may have moved. */
  wake(): void {
    this.#advanced?.resolve()
    this.#advanced = null
  }

  /** The source is closed after this. */
  close(): void {
    this.#closed = true
    this.wake()
  }

  async *read(after: number): AsyncGenerator<ConfirmedEvent, void, undefined> {
    let at = after
    while (!this.#closed) {
      if (at >= this.#source.head()) {
        this.#advanced ??= deferred()
        await this.#advanced.promise
        continue
      }
      for (const event of await this.#source.read(at, PAGE)) {
        if (this.#closed) return
        at = event.seq
        yield event
      }
    }
  }
}
