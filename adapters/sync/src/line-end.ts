import type { LineEvents, StoreErrorCode } from '@livefold/core/adapter'
import { messageOf, StoreError } from '@livefold/core/adapter'

/**
 * One line's promise to its listener: nothing after `closed`, nothing after the line's own `close()`, `closed` once.
 * Both transports report through it.
 */
export class LineEnd {
  readonly #events: LineEvents
  #over = false

  constructor(events: LineEvents) {
    this.#events = events
  }

  get over(): boolean {
    return this.#over
  }

  open(): void {
    if (!this.#over) this.#events.open()
  }

  frame(text: string): void {
    if (!this.#over) this.#events.frame(text)
  }

  /** The line died by itself. */
  closed(error: StoreError): void {
    if (this.#over) return
    this.#over = true
    this.#events.closed(error)
  }

  /** Its owner closed the line: silence from here on. Gives false when it was over before. */
  finish(): boolean {
    const first = !this.#over
    this.#over = true
    return first
  }
}

/** Why a line ended. Reconnecting is always worth a try: only the server's own words (an `error` frame) say otherwise. */
export function lineError(code: StoreErrorCode, what: string, cause?: unknown): StoreError {
  const why = cause === undefined ? '' : `: ${messageOf(cause)}`
  return new StoreError(code, `${what}${why}`, { retry: 'backoff', ...(cause === undefined ? {} : { cause }) })
}
