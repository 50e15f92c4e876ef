import type { Clock } from '../base/clock.ts'
import { StoreError } from '../base/errors.ts'
import { utf8Length } from '../base/json-size.ts'
import type { Line, LineEvents, SyncTransport } from '../sync/transport.ts'
import type { ConnectContext } from './authorize.ts'
import type { ServerConnection } from './connection.ts'
import type { SyncServer } from './sync-server.ts'

/** The line from a leader to a server in the same process: frames as text, in order, later, never within `send`. */
export function memoryTransport(server: SyncServer, clock: Clock, context: ConnectContext = {}): SyncTransport {
  return {
    name: 'memory',
    ordered: true,
    connect: (events) => new MemoryLine(server, clock, context, events),
  }
}

class MemoryLine implements Line {
  readonly #clock: Clock
  readonly #events: LineEvents
  #connection: ServerConnection | null = null
  #open = true
  /** Bytes sent down and not yet handed over. */
  #buffered = 0

  constructor(server: SyncServer, clock: Clock, context: ConnectContext, events: LineEvents) {
    this.#clock = clock
    this.#events = events
    clock.soon(() => this.#open && this.#begin(server, context))
  }

  send(text: string): void {
    this.#clock.soon(() => this.#open && this.#connection?.receive(text))
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    this.#clock.soon(() => this.#connection?.closed())
  }

  #begin(server: SyncServer, context: ConnectContext): void {
    const line = this
    this.#connection = server.connect(
      {
        send: (text) => this.#down(text),
        close: (reason) => this.#clock.soon(() => this.#ended(reason)),
        get buffered() {
          return line.#buffered
        },
      },
      context,
    )
    this.#events.open()
  }

  #down(text: string): void {
    const bytes = utf8Length(text)
    this.#buffered += bytes
    this.#clock.soon(() => {
      this.#buffered -= bytes
      if (this.#open) this.#events.frame(text)
    })
  }

  #ended(reason: string): void {
    if (!this.#open) return
    this.#open = false
    this.#events.closed(new StoreError('sync/offline', `The server closed the line (${reason}).`, { retry: 'backoff' }))
  }
}
