import type { SyncServer } from '@livefold/core/server'
import type { OriginPolicy } from './origin-policy.ts'

/** One HTTP request, whatever the host's own form of it is. */
export interface Exchange {
  readonly method: string
  readonly origin: string | null
  readonly host: string | null
  /** Network address of the client, where the host tells. */
  readonly address?: string
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal
  /** The body's text; null when it is too large. */
  readBody(): Promise<string | null>
}

export interface Reply {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

/** The HTTP half of the protocol: preflights, refusals, and POSTs that are the server's. */
export function syncEndpoint(server: SyncServer, allows: OriginPolicy): (exchange: Exchange) => Promise<Reply> {
  return async (exchange) => {
    const { method, origin, host, address, signal } = exchange
    if (!allows(origin, host))
      return reply(403, {}, `pages of ${origin} may not use this server; see its option "origins"`)
    const headers = corsHeaders(origin)
    if (method === 'OPTIONS') return { status: 204, headers: { ...headers, ...PREFLIGHT }, body: '' }
    if (method !== 'POST') return reply(405, { ...headers, allow: 'POST, OPTIONS' }, 'sync is by POST or WebSocket')
    const body = await exchange.readBody()
    if (body === null) return reply(413, headers, 'the body is larger than the server takes')
    const { status, body: text } = await server.http.handle({
      body,
      signal,
      context: { origin, ...(address ? { address } : {}) },
    })
    return {
      status,
      headers: { ...headers, 'content-type': 'application/json', 'cache-control': 'no-store' },
      body: text,
    }
  }
}

const PREFLIGHT = {
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'content-type',
  /** Seconds; browsers cap it at two hours. */
  'access-control-max-age': '7200',
}

function corsHeaders(origin: string | null): Record<string, string> {
  return origin === null ? {} : { 'access-control-allow-origin': origin, vary: 'origin' }
}

export function reply(status: number, headers: Record<string, string>, message: string): Reply {
  return {
    status,
    headers: { ...headers, 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify({ message }),
  }
}
