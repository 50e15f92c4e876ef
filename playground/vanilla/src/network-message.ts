export const NETWORK_CHANNEL = 'playground:network'

export type NetworkMessage =
  /** Worker → pages: which is it? */
  | { readonly type: 'ask' }
  /** Page → workers. */
  | { readonly type: 'network'; readonly offline: boolean }
