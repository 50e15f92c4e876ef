import type { Clock } from '../base/clock.ts'
import { utf8Length } from '../base/json-size.ts'
import type { ServerConnection, ServerLine } from './connection.ts'

/** The part of `AbortSignal` that is needed here. */
export interface CancelSignal {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** A connection's line over HTTP: frames wait here for the next poll to take them. */
export class HttpLine implements ServerLine {
  readonly name: string
  readonly #clock: Clock
  readonly #idleMs: number
  readonly #onGone: () => void
  #connection: ServerConnection | null = null
  #queue: string[] = []
  #buffered = 0
  #closed = false
  #gone = false
  #requests = 0
  #answerPoll: ((takes: boolean) => void) | null = null
  #cancelIdle: (() => void) | null = null

  constructor(options: { name: string; clock: Clock; idleMs: number; onGone: () => void }) {
    this.name = options.name
    this.#clock = options.clock
    this.#idleMs = options.idleMs
    this.#onGone = options.onGone
  }

  attach(connection: ServerConnection): void {
    this.#connection = connection
  }

  get buffered(): number {
    return this.#buffered
  }

  send(text: string): void {
    this.#queue.push(text)
    this.#buffered += utf8Length(text)
    this.#answerPoll?.(true)
  }

  /** The last messages stay for one more poll. */
  close(): void {
    this.#closed = true
    this.#answerPoll?.(true)
  }

  /** One request: frames up, and with `wait` > 0 the frames that wait here, or come in time, down. Null when the connection is over. */
  async exchange(frames: readonly string[], wait: number, signal: CancelSignal | null): Promise<string[] | null> {
    if (this.#gone || (this.#closed && this.#queue.length === 0)) {
      this.gone()
      return null
    }
    this.#requests++
    this.#cancelIdle?.()
    this.#cancelIdle = null
    for (const frame of frames) this.#connection?.receive(frame)
    const takes = wait > 0 && (await this.#poll(wait, signal))
    this.#requests--
    const messages = takes ? this.#take() : []
    if (this.#closed && this.#queue.length === 0) this.gone()
    else if (this.#requests === 0) this.#cancelIdle = this.#clock.after(this.#idleMs, () => this.gone())
    return messages
  }

  /** Ends the connection and forgets it. */
  gone(): void {
    if (this.#gone) return
    this.#gone = true
    this.#closed = true
    this.#cancelIdle?.()
    this.#onGone()
    this.#connection?.closed()
    this.#answerPoll?.(true)
  }

  #take(): string[] {
    const messages = this.#queue
    this.#queue = []
    this.#buffered = 0
    return messages
  }

  /** True when this request is to take what is there; false when another poll took its place or its client went away. */
  #poll(wait: number, signal: CancelSignal | null): Promise<boolean> {
    this.#answerPoll?.(false)
    if (this.#queue.length > 0 || this.#closed) return Promise.resolve(signal?.aborted !== true)
    return new Promise((resolve) => {
      const answer = (takes: boolean) => {
        if (this.#answerPoll !== answer) return
        this.#answerPoll = null
        cancel()
        signal?.removeEventListener('abort', aborted)
        resolve(takes)
      }
      // A client aborts a request only when it gives up the whole line.
      const aborted = () => this.gone()
      const cancel = this.#clock.after(wait, () => answer(true))
      this.#answerPoll = answer
      if (signal?.aborted) aborted()
      else signal?.addEventListener('abort', aborted)
    })
  }
}
