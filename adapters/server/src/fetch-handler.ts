import type { SyncServer } from '@livefold/core/server'
import { originPolicy } from './origin-policy.ts'
import { type Reply, syncEndpoint } from './sync-endpoint.ts'

export interface FetchHandlerOptions {
  /** Origins of pages that may connect; `'*'` for all. Default: pages of this machine and of the same IP address. */
  readonly origins?: readonly string[] | '*'
}

/**
 * Serves the HTTP transport on a host that speaks in `Request` and `Response`: Deno, Bun, Hono, edge-like platforms.
 * All requests of one store's clients must reach the same instance. Route one path to it.
 *
 * @example
 * const handler = createFetchHandler(createSyncServer({ log, clock, random }), { origins: ['https://app.example.com'] })
 * Deno.serve({ port: 4322 }, handler)
 */
export function createFetchHandler(
  server: SyncServer,
  options: FetchHandlerOptions = {},
): (request: Request) => Promise<Response> {
  const { origins } = options
  const endpoint = syncEndpoint(server, originPolicy({ authenticated: false, ...(origins ? { origins } : {}) }))
  return async (request) => {
    const answer = await endpoint({
      method: request.method,
      origin: request.headers.get('origin'),
      host: new URL(request.url).host,
      signal: request.signal,
      readBody: () => readBody(request, server.limits.bodyBytes),
    })
    return response(answer)
  }
}

function response({ status, headers, body }: Reply): Response {
  // A 204 must have no body, not even an empty one.
  return new Response(status === 204 ? null : body, { status, headers })
}

async function readBody(request: Request, limit: number): Promise<string | null> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) return null
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of request.body ?? []) {
    bytes += (chunk as Uint8Array).length
    if (bytes > limit) return null
    text += decoder.decode(chunk as Uint8Array, { stream: true })
  }
  return text + decoder.decode()
}
