import { mkdirSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isIPv6 } from 'node:net'
import { join } from 'node:path'
import { hostClock, hostRandom, messageOf, StoreError } from '@livefold/core/adapter'
import {
  createSyncServer,
  type LogStore,
  memoryLogStore,
  type SyncServer,
  type SyncServerOptions,
} from '@livefold/core/server'
import { httpEndpoint, SYNC_PATH } from './http-endpoint.ts'
import { originPolicy } from './origin-policy.ts'
import { sqliteLogStore } from './sqlite-log-store.ts'
import { webSocketEndpoint } from './web-socket-endpoint.ts'

/** Of the event log in `data`. */
export const LOG_NAME = 'log.db'

export interface StartServerOptions
  extends Pick<SyncServerOptions, 'authenticate' | 'authorize' | 'validate' | 'onError' | 'limits'> {
  /** TCP port; 0 takes a free one. */
  readonly port: number
  /** Address to listen on. Default `127.0.0.1`: this machine only. `0.0.0.0` or `::` for all networks. */
  readonly host?: string
  /** Directory for the event log, made when missing; `:memory:` forgets all when the process ends. */
  readonly data: string
  /**
   * Origins of the web pages that may connect, like `https://app.example.com`; `'*'` for all. Default: all with
   * `authenticate`; without it only pages of this machine and pages from the server's own IP address.
   */
  readonly origins?: readonly string[] | '*'
}

export interface RunningServer {
  /** What clients give to `webSocketSync` and `httpSync`. */
  readonly url: string
  readonly port: number
  readonly server: SyncServer
  /** Ends every connection, frees the port, closes the log. Safe to call twice. */
  close(): Promise<void>
}

/**
 * Starts a sync server: WebSocket and HTTP at `/sync`, `GET /health`, the event log in a SQLite file.
 *
 * @throws StoreError `storage/locked` when another server has `data`, other `storage/*` when it cannot be used
 * @throws StoreError `sync/offline` when the port cannot be had; `details.code` is the system's, like `EADDRINUSE`
 * @example
 * const running = await startServer({ port: 4322, data: './data', authenticate: (token) => verify(token) })
 * process.once('SIGTERM', () => running.close())
 */
export async function startServer(options: StartServerOptions): Promise<RunningServer> {
  const { port, host = '127.0.0.1', data, origins, ...hooks } = options
  const allows = originPolicy({ authenticated: hooks.authenticate !== undefined, ...(origins ? { origins } : {}) })
  const log = openLog(data)
  const server = await serverOn(log, hooks)
  const http = createServer()
  http.on('request', httpEndpoint({ server, allows, stopping: () => !http.listening }))
  const webSockets = webSocketEndpoint({ server, allows })
  http.on('upgrade', webSockets.upgrade)

  async function closeAll(): Promise<void> {
    const freed = freePort(http)
    // The server first: it tells its clients why.
    await Promise.all([server.close(), webSockets.close()])
    await freed
    await log.close()
  }

  try {
    await listen(http, port, host)
  } catch (thrown) {
    await closeAll()
    throw listenError(thrown, port, host)
  }
  let closed: Promise<void> | null = null
  const given = http.address() as AddressInfo
  return {
    url: `http://${urlHost(host)}:${given.port}${SYNC_PATH}`,
    port: given.port,
    server,
    close: () => (closed ??= closeAll()),
  }
}

/** @throws RangeError for a limit that is none; the log is closed then */
async function serverOn(
  log: LogStore,
  hooks: Omit<SyncServerOptions, 'log' | 'clock' | 'random'>,
): Promise<SyncServer> {
  try {
    return createSyncServer({ ...hooks, log, clock: hostClock(globalThis), random: hostRandom(globalThis) })
  } catch (thrown) {
    await log.close()
    throw thrown
  }
}

function openLog(data: string): LogStore {
  if (data === ':memory:') return memoryLogStore({ random: hostRandom(globalThis) })
  try {
    mkdirSync(data, { recursive: true })
  } catch (cause) {
    throw new StoreError('storage/io', `The data directory ${data} cannot be made: ${messageOf(cause)}`, { cause })
  }
  return sqliteLogStore({ file: join(data, LOG_NAME) })
}

function listen(http: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, host, () => {
      http.off('error', reject)
      resolve()
    })
  })
}

/** Why a port cannot be had, and what to do about it. */
const LISTEN_ADVICE: Record<string, string> = {
  EADDRINUSE: 'is in use. Stop what listens there, or give another port (0 takes a free one).',
  EACCES: 'needs more rights than this process has. Give one from 1024 on.',
  EADDRNOTAVAIL: 'is on no network of this machine. Give a host that is, like 127.0.0.1.',
}

function listenError(cause: unknown, port: number, host: string): StoreError {
  const { code = '' } = cause as { code?: string }
  const advice = LISTEN_ADVICE[code] ?? `cannot be listened on: ${messageOf(cause)}`
  return new StoreError('sync/offline', `The server cannot listen on ${host}: port ${port} ${advice}`, {
    cause,
    details: { port, host, code },
  })
}

/** How long requests under way get to end, ms. */
const CLOSE_MS = 1_000

function freePort(http: Server): Promise<void> {
  if (!http.listening) return Promise.resolve()
  return new Promise((resolve) => {
    const late = setTimeout(() => http.closeAllConnections(), CLOSE_MS)
    http.close(() => {
      clearTimeout(late)
      resolve()
    })
  })
}

/** A host that a client can dial: the wildcard addresses are none. */
function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return isIPv6(host) ? `[${host}]` : host
}
