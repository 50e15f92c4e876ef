import { describe, expect, it } from 'vitest'
import { hostClock, hostRandom } from '../../base/clock.ts'
import { memoryLogStore } from '../../server/memory-log-store.ts'
import { memoryTransport } from '../../server/memory-transport.ts'
import { createSyncServer } from '../../server/sync-server.ts'
import { syncTransportConformance } from './sync-transport.ts'

const clock = hostClock(globalThis)
const random = hostRandom(globalThis)

syncTransportConformance(
  'memory',
  async () => {
    const server = createSyncServer({ log: memoryLogStore({ random }), clock, random })
    return {
      transport: memoryTransport(server, clock),
      connections: () => server.stats().connections,
      stop: () => server.close(),
    }
  },
  { describe, it, expect },
)
