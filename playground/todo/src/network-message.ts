export const NETWORK_CHANNEL = 'playground:network'

/** How the way to the sync server is to be. */
export interface Network {
  readonly offline: boolean
  /** Added to each frame in each direction, ms. */
  readonly latency: number
}

export type NetworkMessage =
  /** Worker → pages: which is it? */
  | { readonly type: 'ask' }
  /** Page → workers. */
  | ({ readonly type: 'network' } & Network)
