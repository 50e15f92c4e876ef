import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ServerLine, SyncServer } from '@livefold/core/server'
import { type WebSocket, WebSocketServer } from 'ws'
import { isSyncPath, pathOf } from './http-endpoint.ts'
import type { OriginPolicy } from './origin-policy.ts'

export interface WebSocketEndpointOptions {
  readonly server: SyncServer
  readonly allows: OriginPolicy
  /** A socket that says nothing for between one and two of these, ms, not even a pong, is taken for dead. Default 30 s. */
  readonly keepaliveMs?: number
  /** How long `close` waits for clients to say good-bye, ms. Default 1 s. */
  readonly closeMs?: number
}

export interface WebSocketEndpoint {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  close(): Promise<void>
}

/** https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const GOING_AWAY = 1001
const UNSUPPORTED_DATA = 1003
const POLICY = 1008
const MESSAGE_TOO_BIG = 1009
/** The sync server closes a line with the code of the error that it has just sent. */
const CLOSE_CODES: Record<string, number> = { 'sync/offline': GOING_AWAY, 'sync/too-large': MESSAGE_TOO_BIG }
/** A close frame holds 125 bytes, of which the code takes two. */
const REASON_BYTES = 123

/** Turns WebSocket upgrades at `/sync` into connections of the sync server. */
export function webSocketEndpoint(options: WebSocketEndpointOptions): WebSocketEndpoint {
  const { server, allows, keepaliveMs = 30_000, closeMs = 1_000 } = options
  // Frames are small JSON; compression costs memory per socket and lets lengths tell of contents.
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: server.limits.frameBytes,
    perMessageDeflate: false,
  })
  const heard = new WeakSet<WebSocket>()
  const keepalive = setInterval(() => checkAlive(sockets.clients, heard), keepaliveMs)
  let closing = false

  return {
    upgrade(request, socket, head) {
      // A reset while refusing or shaking hands must not become an uncaught error.
      socket.on('error', () => socket.destroy())
      if (closing) return refuse(socket, '503 Service Unavailable')
      if (!isSyncPath(pathOf(request))) return refuse(socket, '404 Not Found')
      const { origin = null, host = null } = request.headers
      if (!allows(origin, host)) return refuse(socket, '403 Forbidden')
      sockets.handleUpgrade(request, socket, head, (opened) => {
        heard.add(opened)
        attach(server, opened, heard, { origin, address: request.socket.remoteAddress ?? '' })
      })
    },
    async close() {
      closing = true
      clearInterval(keepalive)
      const open = [...sockets.clients]
      const gone = Promise.all(open.map((socket) => new Promise((resolve) => socket.once('close', resolve))))
      for (const socket of open) socket.close(GOING_AWAY, 'the server is stopping')
      const late = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate()
      }, closeMs)
      await gone
      clearTimeout(late)
      sockets.close()
    },
  }
}

function attach(
  server: SyncServer,
  socket: WebSocket,
  heard: WeakSet<WebSocket>,
  context: { origin: string | null; address: string },
): void {
  const connection = server.connect(lineOf(socket), context)
  socket.on('message', (data, isBinary) => {
    heard.add(socket)
    if (socket.readyState !== socket.OPEN) return
    if (isBinary) socket.close(UNSUPPORTED_DATA, 'text frames only')
    else connection.receive(data.toString())
  })
  socket.on('pong', () => heard.add(socket))
  // `close` follows and says the same; without a listener `ws` would throw.
  socket.on('error', () => {})
  socket.on('close', () => connection.closed())
}

function lineOf(socket: WebSocket): ServerLine {
  return {
    send(text) {
      if (socket.readyState === socket.OPEN) socket.send(bytesOf(text), { binary: false })
    },
    close: (reason) => socket.close(CLOSE_CODES[reason] ?? POLICY, cutToBytes(reason, REASON_BYTES)),
    get buffered() {
      return socket.bufferedAmount
    },
  }
}

let sent: { readonly text: string; readonly bytes: Buffer } | null = null

/** The bytes of a frame; of one that goes to many, one after the other, always the same. */
function bytesOf(text: string): Buffer {
  if (sent?.text !== text) sent = { text, bytes: Buffer.from(text) }
  return sent.bytes
}

/** A half-open socket (the other machine lost power or network) shows no error, only silence. */
function checkAlive(sockets: Set<WebSocket>, heard: WeakSet<WebSocket>): void {
  for (const socket of sockets) {
    if (!heard.delete(socket)) socket.terminate()
    else socket.ping()
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

function cutToBytes(text: string, bytes: number): string {
  let cut = text.slice(0, bytes)
  while (Buffer.byteLength(cut) > bytes) cut = cut.slice(0, -1)
  return cut.toWellFormed()
}
