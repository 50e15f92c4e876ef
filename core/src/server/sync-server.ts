import type { Clock, Random } from '../base/clock.ts'
import { StoreError } from '../base/errors.ts'
import { loadTexts } from '../base/late-text.ts'
import { type ConnectContext, Gate, type ServerHooks } from './authorize.ts'
import { Connection, type ServerConnection, type ServerLine, type ServerParts } from './connection.ts'
import { type HttpHandler, httpHandler } from './http-handler.ts'
import { type AllLimits, resolveLimits } from './limits.ts'
import type { LogStore } from './log-store.ts'
import type { PushCounts } from './push.ts'
import { Accounts } from './rates.ts'
import { StoreHubs } from './store-hub.ts'

export interface SyncServerOptions extends ServerHooks {
  /** Where the logs are. The server does not close it. */
  readonly log: LogStore
  readonly clock: Clock
  readonly random: Random
  readonly limits?: Partial<AllLimits>
  /** False leaves the order of writers to chance; for experiments. Default true. */
  readonly turns?: boolean
}

/** What a server is doing and has done. */
export interface ServerStats {
  readonly connections: number
  /** Stores with connections. */
  readonly stores: number
  readonly livePulls: number
  readonly pushes: Readonly<PushCounts>
  /** Of the stores that have connections now. */
  readonly turns: { readonly granted: number; readonly unused: number }
  readonly logReads: number
}

/** One total order per store for all who connect, over whatever carries frames. */
export interface SyncServer {
  /** Begins a connection on a line that is open. */
  connect(line: ServerLine, context?: ConnectContext): ServerConnection
  /** The platform-neutral half of the HTTP transport. */
  readonly http: HttpHandler
  readonly limits: AllLimits
  stats(): ServerStats
  /** Ends all connections; resolves when no push is under way any more. Leaves no timer, watch or listener. */
  close(): Promise<void>
}

/**
 * The sync server without a network: adapters bring sockets.
 *
 * @example
 * const server = createSyncServer({ log: memoryLogStore({ random }), clock, random })
 * const connection = server.connect({ send: (text) => socket.send(text), close: () => socket.close(), buffered: 0 })
 * socket.onmessage = ({ data }) => connection.receive(data)
 */
export function createSyncServer(options: SyncServerOptions): SyncServer {
  return new Server(options)
}

class Server implements SyncServer {
  readonly http: HttpHandler
  readonly limits: AllLimits
  readonly #parts: ServerParts
  readonly #connections = new Set<Connection>()
  /** Ended connections whose last push is still under way. */
  readonly #ending = new Set<Promise<void>>()
  #closed = false

  constructor(options: SyncServerOptions) {
    loadTexts()
    const { log, clock, random } = options
    const limits = resolveLimits(options.limits)
    this.limits = limits
    this.#parts = {
      log,
      clock,
      random,
      limits,
      gate: new Gate(options, clock, limits.hookMs),
      accounts: new Accounts(clock, limits),
      hubs: new StoreHubs({ log, clock, limits, turns: options.turns ?? true }),
      counts: { appended: 0, known: 0, behind: 0, rejected: 0 },
    }
    this.http = httpHandler({
      clock,
      random,
      limits,
      connect: (line, context, name) => this.#connect(line, context, name),
    })
  }

  connect(line: ServerLine, context: ConnectContext = {}): ServerConnection {
    return this.#connect(line, context, null)
  }

  stats(): ServerStats {
    const hubs = this.#parts.hubs.all
    const sum = (of: (hub: (typeof hubs)[number]) => number) => hubs.reduce((total, hub) => total + of(hub), 0)
    return {
      connections: this.#connections.size,
      stores: hubs.length,
      livePulls: [...this.#connections].reduce((total, { livePulls }) => total + livePulls, 0),
      pushes: { ...this.#parts.counts },
      turns: { granted: sum(({ turns }) => turns.granted), unused: sum(({ turns }) => turns.unused) },
      logReads: sum(({ fanOut }) => fanOut.reads),
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    const error = new StoreError('sync/offline', 'The server is shutting down. Connect again later.', {
      retry: 'backoff',
    })
    for (const connection of [...this.#connections]) connection.fail(error)
    this.http.close()
    await Promise.all(this.#ending)
  }

  #connect(line: ServerLine, context: ConnectContext, name: string | null): ServerConnection {
    const connection = new Connection(this.#parts, line, { context, name, onEnd: (ended) => this.#ended(ended) })
    this.#connections.add(connection)
    if (this.#closed) connection.fail(new StoreError('sync/offline', 'The server is shut down.', { retry: 'backoff' }))
    else if (this.#connections.size > this.#parts.limits.connections) {
      connection.fail(
        new StoreError('sync/limit', 'The server has too many connections. Connect again later.', { retry: 'backoff' }),
      )
    }
    return connection
  }

  #ended(connection: Connection): void {
    this.#connections.delete(connection)
    const ending = connection.idle.then(() => {
      this.#ending.delete(ending)
    })
    this.#ending.add(ending)
  }
}
