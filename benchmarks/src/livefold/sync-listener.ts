import {
  type DownMessage,
  type Line,
  PROTOCOL_VERSION,
  type SyncTransport,
  type UpMessage,
} from '@livefold/core/adapter'

/** A client that pulls live and keeps nothing but when each session's events arrived. */
export class SyncListener {
  readonly latencies: number[] = []
  readonly greeted: Promise<void>
  readonly #line: Line
  /** When a session's push of this round was called, ms. */
  readonly #sent = new Map<string, number>()
  #missing = 0
  #arrived: () => void = () => {}

  constructor(transport: SyncTransport, storeId: string, clientId: string) {
    let welcomed: () => void = () => {}
    this.greeted = new Promise((resolve) => {
      welcomed = resolve
    })
    const send = (message: UpMessage) => this.#line.send(JSON.stringify(message))
    this.#line = transport.connect({
      open: () => send({ type: 'hello', protocol: PROTOCOL_VERSION, storeId, clientId, head: 0, headId: null }),
      frame: (text) => {
        const message: DownMessage = JSON.parse(text)
        if (message.type === 'page') this.#page(message)
        if (message.type !== 'welcome') return
        send({ type: 'pull', ref: 1, after: 0, afterId: null, limit: 1_000, live: true })
        welcomed()
      },
      closed() {},
    })
  }

  sent(sessionId: string): void {
    this.#sent.set(sessionId, performance.now())
  }

  /** Resolves when so many more events have arrived. */
  next(events: number): Promise<void> {
    this.#missing += events
    return new Promise((resolve) => {
      this.#arrived = resolve
      if (this.#missing === 0) resolve()
    })
  }

  close(): void {
    this.#line.close()
  }

  #page({ events }: Extract<DownMessage, { type: 'page' }>): void {
    const now = performance.now()
    for (const { sessionId } of events) {
      const sent = this.#sent.get(sessionId)
      if (sent !== undefined) this.latencies.push(now - sent)
    }
    this.#missing -= events.length
    if (this.#missing === 0) this.#arrived()
  }
}
