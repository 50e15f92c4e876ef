import type { SyncTransport } from '@livefold/core/adapter'
import { endpoint } from './endpoint.ts'
import { HttpLine } from './http-line.ts'

export interface FetchRequest {
  readonly method: 'POST'
  readonly headers: Record<string, string>
  readonly body: string
  readonly signal: AbortSignal
}

export interface FetchResponse {
  readonly status: number
  text(): Promise<string>
}

/** The part of `fetch` that the transport uses. */
export type FetchLike = (url: string, request: FetchRequest) => Promise<FetchResponse>

export interface HttpSyncOptions {
  /** Address of the sync server, like `https://example.com/sync`; ws(s) is turned into http(s). */
  readonly url: string | URL
  /** Used instead of the platform's `fetch`. */
  readonly fetch?: FetchLike
}

/**
 * Syncs by POST and long-poll, for networks that let no WebSocket through. One ordered queue carries the frames up,
 * one standing request brings those that come down. The token travels in the body, never in the URL.
 *
 * @throws TypeError when `url` is no http(s) or ws(s) address, or the platform has no `fetch` and none is given.
 * @example
 * nodeAdapter({ directory, sync: httpSync({ url: 'https://example.com/sync' }) })
 */
export function httpSync(options: HttpSyncOptions): SyncTransport {
  const url = endpoint(options.url, 'http')
  const fetch = options.fetch ?? (globalThis as { fetch?: unknown }).fetch
  if (typeof fetch !== 'function') {
    throw new TypeError('this platform has no fetch; give httpSync one as the option "fetch"')
  }
  return {
    name: 'http',
    ordered: true,
    connect: (events) => new HttpLine(url, (address, request) => fetch(address, request), events),
  }
}
