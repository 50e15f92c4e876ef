import type { Line, LineEvents, StoreError, SyncTransport } from '@livefold/core/adapter'
import { endpoint } from './endpoint.ts'
import { LineEnd, lineError } from './line-end.ts'

/** The part of the WebSocket API that the transport uses; that of browsers, Node, Deno, Bun, React Native and `ws`. */
export interface WebSocketLike {
  binaryType: string
  readonly readyState: number
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  send(text: string): void
  close(code?: number, reason?: string): void
}

export type WebSocketClass = new (url: string) => WebSocketLike

export interface WebSocketSyncOptions {
  /** Address of the sync server, like `wss://example.com/sync`; http(s) is turned into ws(s). */
  readonly url: string | URL
  /** WebSocket class to use instead of the platform's. */
  readonly WebSocket?: WebSocketClass
}

const OPEN = 1

/** https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1; 1006 is a socket's own word for an end without one. */
const ABNORMAL = 1006
const UNSUPPORTED_DATA = 1003
const MESSAGE_TOO_BIG = 1009

/**
 * Syncs over one WebSocket. The token travels in the first message, never in the URL.
 *
 * @throws TypeError when `url` is no http(s) or ws(s) address, or the platform has no WebSocket and none is given.
 * @example
 * runLeaderWorker({ schema, sync: webSocketSync({ url: 'wss://example.com/sync' }) })
 */
export function webSocketSync(options: WebSocketSyncOptions): SyncTransport {
  const url = endpoint(options.url, 'webSocket')
  const Socket = options.WebSocket ?? (globalThis as { WebSocket?: unknown }).WebSocket
  if (typeof Socket !== 'function') {
    throw new TypeError('this platform has no WebSocket; give webSocketSync one as the option "WebSocket"')
  }
  return {
    name: 'websocket',
    ordered: true,
    connect: (events) => connect(Socket as WebSocketClass, url, events),
  }
}

function connect(Socket: WebSocketClass, url: string, events: LineEvents): Line {
  const end = new LineEnd(events)
  let socket: WebSocketLike
  try {
    socket = new Socket(url)
  } catch (cause) {
    // The caller has no line yet: it hears of this one after it got it.
    void Promise.resolve().then(() => end.closed(lineError('sync/offline', `no connection to ${url}`, cause)))
    return { send() {}, close: () => void end.finish() }
  }
  socket.binaryType = 'arraybuffer'
  let opened = false
  socket.onopen = () => {
    opened = true
    end.open()
  }
  socket.onmessage = ({ data }: { data: unknown }) => {
    if (typeof data === 'string') {
      end.frame(data)
      return
    }
    end.closed(lineError('protocol/malformed', `${url} sent a binary frame; is it a Livefold sync server?`))
    socket.close(UNSUPPORTED_DATA, 'text frames only')
  }
  // What failed comes with `close`. The handler stays also after our own close: `ws` throws errors that nobody hears.
  socket.onerror = () => {}
  socket.onclose = ({ code, reason }: { code: number; reason: string }) =>
    end.closed(opened || code !== ABNORMAL ? closeError(url, code, reason) : unreachable(url))
  return {
    send(text) {
      if (!end.over && socket.readyState === OPEN) socket.send(text)
    },
    close() {
      if (end.finish()) socket.close(1000)
    },
  }
}

/** A page is told no more than that: the reason is in the browser's console alone. */
function unreachable(url: string): StoreError {
  return lineError('sync/offline', `no connection to ${url}: nothing answers there, or not as a sync server does`)
}

function closeError(url: string, code: number, reason: string): StoreError {
  const why = reason ? `${code}, ${reason}` : `${code}`
  if (code === MESSAGE_TOO_BIG) return lineError('sync/too-large', `${url} refused a frame as too large (${why})`)
  return lineError('sync/offline', `the connection to ${url} ended (${why})`)
}
