import { isIP } from 'node:net'

/** Whether a request may come in. `origin` and `host` are its headers; null where it has none. */
export type OriginPolicy = (origin: string | null, host: string | null) => boolean

export interface OriginRules {
  /** Origins of pages that may connect, like `https://app.example.com`; `'*'` for all. */
  readonly origins?: readonly string[] | '*'
  /** True when every connection must show a token. */
  readonly authenticated: boolean
}

/**
 * Which web pages may reach the server. Programs other than browsers send no Origin and always may.
 *
 * Without `origins`: all pages, when the server authenticates — the token travels in the messages, never as a cookie,
 * so a stranger's page has nothing to show. Without authentication only pages of this machine, and pages served from
 * the same IP address: else any site that a user visits could read a server that listens on the user's own machine.
 * A host *name* does not count as the same address, for a stranger's name may be made to point here (DNS rebinding).
 */
export function originPolicy({ origins, authenticated }: OriginRules): OriginPolicy {
  if (origins === '*' || (origins === undefined && authenticated)) return () => true
  if (origins !== undefined) {
    const allowed = new Set(origins.map(normalOrigin))
    return (origin) => origin === null || allowed.has(origin)
  }
  return (origin, host) => {
    if (origin === null) return true
    const from = hostName(origin)
    return from !== null && (isLoopback(from) || (isAddress(from) && from === hostName(`http://${host}`)))
  }
}

/** As browsers write it: no path, no default port. */
function normalOrigin(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).origin : origin
}

function hostName(url: string): string | null {
  return URL.canParse(url) ? new URL(url).hostname : null
}

function isAddress(name: string): boolean {
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0
}

function isLoopback(name: string): boolean {
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '[::1]' ||
    (isIP(name) === 4 && name.startsWith('127.'))
  )
}
