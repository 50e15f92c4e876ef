import {
  type Adapter,
  type AdapterConnection,
  type ConnectOptions,
  channelPair,
  type Frame,
  hostClock,
  hostRandom,
  LeaderHost,
  type LeaderMessage,
  type SessionMessage,
  StoreError,
  type SyncTransport,
  watchNetwork,
} from '@livefold/core/adapter'
import * as leaderParts from '@livefold/core/leader-parts'
import * as sessionParts from '@livefold/core/session-parts'
import { loadSqlite } from './sqlite.ts'

export interface MemoryAdapterOptions {
  /** To a backend: `memoryBackend()`, or any transport. Without it the store is on its own. */
  readonly sync?: SyncTransport
}

interface OpenStore {
  readonly host: LeaderHost
  readonly unwatch: () => void
  sessions: number
}

/**
 * Everything in one process, nothing persisted: for tests, server rendering and demos. Sessions of one adapter with the same
 * `storeId` share a leader, as tabs do; the data lives until the last of them closes.
 *
 * @example
 * const store = await createStore({ schema, storeId: 'demo', adapter: memoryAdapter() })
 */
export function memoryAdapter(options: MemoryAdapterOptions = {}): Adapter {
  const clock = hostClock(globalThis)
  const random = hostRandom(globalThis)
  const stores = new Map<string, OpenStore>()

  async function connect({ storeId, schema, development }: ConnectOptions): Promise<AdapterConnection> {
    const openMemory = await loadSqlite()
    let open = stores.get(storeId)
    if (!open) {
      const host = new LeaderHost({
        storeId,
        schema,
        development,
        driver: openMemory(),
        openMemory,
        clock,
        random,
        storage: 'memory',
        parts: leaderParts,
        sync: options.sync,
      })
      open = { host, unwatch: watchNetwork(globalThis, () => host.probe()), sessions: 0 }
      stores.set(storeId, open)
    }
    const { host } = open
    open.sessions += 1
    const [channel, leaderEnd] = channelPair<Frame<SessionMessage>, Frame<LeaderMessage>>(clock)
    host.connect(leaderEnd)
    const release = open
    return {
      channel,
      openReplica: openMemory,
      parts: sessionParts,
      clock,
      random,
      async close() {
        release.sessions -= 1
        if (release.sessions > 0) return
        stores.delete(storeId)
        release.unwatch()
        await host.close()
      },
    }
  }

  async function remove(storeId: string): Promise<void> {
    if (stores.has(storeId)) {
      throw new StoreError('storage/locked', `Store ${storeId} is open: close it before it is deleted.`, {
        details: { storeId },
      })
    }
  }

  return { connect, delete: remove }
}
