import { httpSync, webSocketSync } from '@livefold/node'

export type TransportName = 'ws' | 'http'

/** Plain data, so that it reaches a leader thread as `workerData`. */
export interface ServerAddress {
  /** `http:`, `https:`, `ws:` or `wss:`; either transport takes any of them. */
  readonly url: string
  readonly transport: TransportName
}

export function syncTo({ url, transport }: ServerAddress) {
  return transport === 'ws' ? webSocketSync({ url }) : httpSync({ url })
}
