import { defaultLimits, type Limits } from '../protocol/sync-messages.ts'

/** What the server bounds beyond the limits it tells in `welcome`. Times in ms, sizes in bytes. */
export interface ServerLimits {
  /** From a line's opening to its hello. */
  readonly helloMs: number
  /** From a hello to its welcome: the hooks' share. */
  readonly openingMs: number
  /** Longest silence between two parts of a push. */
  readonly partIdleMs: number
  /** Pushes being gathered from parts at once, per connection. */
  readonly openParts: number
  /** Pulls open at once, per connection. */
  readonly openPulls: number
  /** Messages received and not yet handled, per connection. */
  readonly inboxMessages: number
  readonly inboxBytes: number
  /** A page takes whole commits until it has this many bytes of events. */
  readonly pageBytes: number
  /** While this much waits for the network, a connection gets no further page. */
  readonly pauseBytes: number
  /** A connection with more than this waiting for the network is closed. */
  readonly outboundBytes: number
  /** A reader that takes nothing for so long is closed. */
  readonly stallMs: number
  /** Connections at once, over all stores. */
  readonly connections: number
  /** Connections of one identity at once; needs `authenticate`. */
  readonly identityConnections: number
  /**
   * Messages a second from one connection, averaged over ten; one of more than 16 KiB counts as several.
   * Beyond it the connection is closed, to be opened again after a back-off.
   */
  readonly connectionRate: number
  /** The same over all connections of one identity; needs `authenticate`. */
  readonly identityRate: number
  /** Longest that a hook may take to answer. */
  readonly hookMs: number
  /** Body of one HTTP request. */
  readonly bodyBytes: number
  /** Longest that an HTTP poll is held. */
  readonly pollMs: number
  /** An HTTP connection without a request for so long is closed. */
  readonly httpIdleMs: number
  /** Longest turn of a slow writer. */
  readonly turnMs: number
}

const MiB = 1024 * 1024

export const defaultServerLimits: ServerLimits = {
  helloMs: 5_000,
  openingMs: 30_000,
  partIdleMs: 30_000,
  openParts: 2,
  openPulls: 8,
  inboxMessages: 256,
  inboxBytes: 32 * MiB,
  pageBytes: 128 * 1024,
  pauseBytes: 64 * 1024,
  outboundBytes: 32 * MiB,
  stallMs: 60_000,
  connections: 10_000,
  identityConnections: 1_000,
  connectionRate: 2_000,
  identityRate: 10_000,
  hookMs: 10_000,
  bodyBytes: 4 * MiB,
  pollMs: 30_000,
  httpIdleMs: 60_000,
  turnMs: 5_000,
}

export type AllLimits = Limits & ServerLimits

/** @throws RangeError for a limit that is no positive integer */
export function resolveLimits(given: Partial<AllLimits> = {}): AllLimits {
  const limits = { ...defaultLimits, ...defaultServerLimits, ...given }
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new RangeError(`Limit "${name}" must be a positive integer, not ${value}.`)
  }
  return limits
}

/** The share of the limits that clients are told. */
export function toldLimits({ frameBytes, commitEvents, commitBytes, pageEvents }: AllLimits): Limits {
  return { frameBytes, commitEvents, commitBytes, pageEvents }
}
