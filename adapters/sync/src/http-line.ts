import type { Line, LineEvents, StoreErrorCode } from '@livefold/core/adapter'
import { StoreError, utf8Length } from '@livefold/core/adapter'
import type { FetchLike, FetchResponse } from './http-sync.ts'
import { LineEnd, lineError } from './line-end.ts'

/** How long the server may hold a poll without news, ms; below the 30 s after which proxies like to cut. */
const POLL_MS = 25_000
/** Frames that join the first one of a POST, bytes and number: one POST is one large frame or many small ones. */
const BATCH_BYTES = 256 * 1024
const BATCH_FRAMES = 256

const STATUS_CODES: Record<number, StoreErrorCode> = {
  400: 'protocol/malformed',
  401: 'sync/unauthorized',
  403: 'sync/forbidden',
  413: 'sync/too-large',
  429: 'sync/limit',
}

interface Answer {
  readonly connection?: string
  readonly messages: readonly unknown[]
}

/**
 * One line over HTTP. Frames go up one POST after the other, so they arrive in order; one standing poll brings what
 * comes down. The first POST carries the hello and its answer names the connection: polling starts with it.
 * A request that fails ends the line, and whatever was on its way has an unknown outcome.
 */
export class HttpLine implements Line {
  readonly #url: string
  readonly #fetch: FetchLike
  readonly #end: LineEnd
  readonly #abort = new AbortController()
  #queue: string[] = []
  #connection: string | null = null
  #sending = false

  constructor(url: string, fetch: FetchLike, events: LineEvents) {
    this.#url = url
    this.#fetch = fetch
    this.#end = new LineEnd(events)
    void Promise.resolve().then(() => this.#end.open())
  }

  send(text: string): void {
    if (this.#end.over) return
    this.#queue.push(text)
    if (this.#sending) return
    this.#sending = true
    // Frames sent in one go share a POST.
    void Promise.resolve().then(() => this.#run(() => this.#sendAll()))
  }

  close(): void {
    if (!this.#end.finish()) return
    this.#release()
  }

  async #sendAll(): Promise<void> {
    while (this.#queue.length > 0 && !this.#end.over) {
      const first = this.#connection === null
      await this.#post(this.#takeBatch(), first ? POLL_MS : 0)
      if (first && this.#connection !== null) this.#run(() => this.#poll())
    }
    this.#sending = false
  }

  async #poll(): Promise<void> {
    while (!this.#end.over) await this.#post([], POLL_MS)
  }

  #takeBatch(): string[] {
    let bytes = utf8Length(this.#queue[0] as string)
    let count = 1
    while (count < this.#queue.length && count < BATCH_FRAMES) {
      bytes += utf8Length(this.#queue[count] as string)
      if (bytes > BATCH_BYTES) break
      count++
    }
    return this.#queue.splice(0, count)
  }

  async #post(frames: readonly string[], wait: number): Promise<void> {
    const head = this.#connection === null ? '' : `"connection":${JSON.stringify(this.#connection)},`
    const response = await this.#fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{${head}"wait":${wait},"messages":[${frames.join(',')}]}`,
      signal: this.#abort.signal,
    })
    const text = await response.text()
    if (response.status !== 200) throw statusError(this.#url, response)
    const answer = decodeAnswer(this.#url, text)
    if (this.#connection === null) this.#connection = answer.connection ?? null
    for (const message of answer.messages) this.#end.frame(JSON.stringify(message))
    if (this.#connection === null) throw lineError('sync/offline', `${this.#url} took no connection`)
  }

  #run(loop: () => Promise<void>): void {
    loop().catch((cause) => {
      const error =
        cause instanceof StoreError ? cause : lineError('sync/offline', `no answer from ${this.#url}`, cause)
      this.#release()
      this.#end.closed(error)
    })
  }

  #release(): void {
    this.#queue = []
    this.#abort.abort()
  }
}

function statusError(url: string, { status }: FetchResponse): StoreError {
  if (status === 410) return lineError('sync/offline', `${url} no longer knows this connection (410)`)
  return lineError(STATUS_CODES[status] ?? 'sync/offline', `${url} answered with HTTP status ${status}`)
}

function decodeAnswer(url: string, text: string): Answer {
  let answer: Partial<Answer> | null
  try {
    answer = JSON.parse(text)
  } catch {
    answer = null
  }
  const known = Array.isArray(answer?.messages) && ['string', 'undefined'].includes(typeof answer.connection)
  if (!known) throw lineError('protocol/malformed', `${url} does not answer like a Livefold sync server`)
  return answer as Answer
}
