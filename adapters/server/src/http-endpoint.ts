import type { IncomingMessage, ServerResponse } from 'node:http'
import type { SyncServer } from '@livefold/core/server'
import type { OriginPolicy } from './origin-policy.ts'
import { type Reply, reply, syncEndpoint } from './sync-endpoint.ts'

export interface HttpEndpointOptions {
  readonly server: SyncServer
  readonly allows: OriginPolicy
  /** True once the port is being given up: answers end their connections then. */
  readonly stopping: () => boolean
}

/** Path of both transports. */
export const SYNC_PATH = '/sync'

/** True at `/sync`, and at `/`: who gives a bare address means the one thing that is there. */
export function isSyncPath(path: string): boolean {
  return path === SYNC_PATH || path === '/'
}

/** The path of a request, without its query. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] as string
}

/** Answers the plain HTTP requests of a `node:http` server: `/sync`, `/health`, and 404. */
export function httpEndpoint(
  options: HttpEndpointOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { server, allows, stopping } = options
  const sync = syncEndpoint(server, allows)

  async function answer(request: IncomingMessage, signal: AbortSignal): Promise<Reply> {
    const path = pathOf(request)
    if (isSyncPath(path)) {
      return sync({
        method: request.method ?? 'GET',
        origin: request.headers.origin ?? null,
        host: request.headers.host ?? null,
        signal,
        address: request.socket.remoteAddress ?? '',
        readBody: () => readBody(request, server.limits.bodyBytes),
      })
    }
    if (path === '/health') return { ...reply(200, {}, ''), body: '{"status":"ok"}' }
    return reply(404, {}, `nothing at ${path}; sync is at ${SYNC_PATH}`)
  }

  return (request, response) => {
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    answer(request, gone.signal).then(
      (given) => write(response, given, stopping() || !request.complete),
      () => write(response, reply(500, {}, 'the server failed; it may be tried again'), true),
    )
  }
}

/** `last`: the connection ends with this answer, as when a part of the request was left unread. */
function write(response: ServerResponse, { status, headers, body }: Reply, last: boolean): void {
  if (response.destroyed) return
  response.writeHead(status, {
    ...headers,
    ...(last ? { connection: 'close' } : {}),
    ...(status === 204 ? {} : { 'content-length': Buffer.byteLength(body) }),
  })
  response.end(body)
}

/**
 * The body as text; null when it has more than `limit` bytes. A larger body is read to its end and thrown away, so that
 * the client gets to read why it was refused; one that goes on for sixteen times the limit is cut.
 */
async function readBody(request: IncomingMessage, limit: number): Promise<string | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > limit * 16) return null
    if (bytes <= limit) chunks.push(chunk)
    else chunks.length = 0
  }
  return bytes > limit ? null : Buffer.concat(chunks).toString('utf8')
}
