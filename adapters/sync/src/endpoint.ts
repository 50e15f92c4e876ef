import { DEVELOPMENT } from '@livefold/core/adapter'

const SCHEMES = {
  webSocket: { 'http:': 'ws:', 'https:': 'wss:', 'ws:': 'ws:', 'wss:': 'wss:' },
  http: { 'http:': 'http:', 'https:': 'https:', 'ws:': 'http:', 'wss:': 'https:' },
} as const

/**
 * The address a transport dials: `url` with the transport's own scheme, without a fragment. In a browser or worker a
 * relative `url` is taken from the page's address. Credentials in a URL are refused: URLs end up in logs.
 */
export function endpoint(url: string | URL, transport: keyof typeof SCHEMES): string {
  if (DEVELOPMENT && url === undefined) throw new TypeError(`no URL was given: call ${transport}Sync({ url })`)
  const base = (globalThis as { location?: { href: string } }).location?.href
  let parsed: URL
  try {
    parsed = new URL(url, base)
  } catch {
    throw new TypeError(`${JSON.stringify(String(url))} is not a URL; give one like "https://example.com/sync"`)
  }
  const scheme = (SCHEMES[transport] as Record<string, string>)[parsed.protocol]
  if (!scheme) {
    throw new TypeError(
      `"${parsed.protocol}" in ${parsed.href} is not a scheme of the sync server; use http(s) or ws(s)`,
    )
  }
  if (parsed.username || parsed.password) {
    throw new TypeError(
      `the sync URL of ${parsed.host} holds credentials; give the token to the store's "auth" instead`,
    )
  }
  parsed.hash = ''
  // `URL` refuses to change between special schemes and others, so the scheme is cut off and put before.
  return scheme + parsed.href.slice(parsed.protocol.length)
}
