import type { Clock } from '../base/clock.ts'
import { messageOf, StoreError } from '../base/errors.ts'
import type { SessionParts, SessionPartsSource } from './adapter.ts'

/** Before code that did not load is asked for again, ms. */
const LOAD_RETRY = 5_000

export interface LatePartsEvents {
  arrived(): void
  failed(error: StoreError): void
}

/** A session's parts: there at once, or asked for until they are. */
export class LateParts {
  loaded: SessionParts | null
  readonly #clock: Clock
  readonly #events: LatePartsEvents
  #cancel: (() => void) | null = null
  #closed = false

  constructor(source: SessionPartsSource, clock: Clock, events: LatePartsEvents) {
    this.#clock = clock
    this.#events = events
    this.loaded = typeof source === 'object' ? source : null
    if (typeof source === 'function') this.#load(source)
  }

  close(): void {
    this.#closed = true
    this.#cancel?.()
  }

  #load(source: () => Promise<SessionParts>): void {
    source().then(
      (loaded) => {
        if (this.#closed) return
        this.loaded = loaded
        this.#events.arrived()
      },
      (cause) => {
        if (this.#closed) return
        this.#cancel = this.#clock.after(LOAD_RETRY, () => this.#load(source))
        const message = `A part of the page's code cannot be loaded (${messageOf(cause)}): go online, or reload the page where the app was deployed anew.`
        this.#events.failed(new StoreError('leader/lost', message, { retry: 'restart', cause }))
      },
    )
  }
}
