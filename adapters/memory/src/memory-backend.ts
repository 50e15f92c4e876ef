import { hostClock, hostRandom, type SyncTransport } from '@livefold/core/adapter'
import {
  createSyncServer,
  memoryLogStore,
  memoryTransport,
  type SyncServer,
  type SyncServerOptions,
} from '@livefold/core/server'

/** A sync server in this process, as the transport that leads to it. */
export interface MemoryBackend extends SyncTransport {
  readonly server: SyncServer
}

/**
 * The real server code over a log in memory: give it to several adapters, and their stores are in step.
 *
 * @example
 * const backend = memoryBackend()
 * const a = await createStore({ schema, storeId: 's', adapter: memoryAdapter({ sync: backend }) })
 * const b = await createStore({ schema, storeId: 's', adapter: memoryAdapter({ sync: backend }) })
 */
export function memoryBackend(options: Partial<Omit<SyncServerOptions, 'clock' | 'random'>> = {}): MemoryBackend {
  const clock = hostClock(globalThis)
  const random = hostRandom(globalThis)
  const server = createSyncServer({ log: memoryLogStore({ random }), ...options, clock, random })
  return { ...memoryTransport(server, clock), server }
}
