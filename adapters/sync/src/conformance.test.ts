import { type SyncTransportFixture, syncTransportConformance } from '@livefold/core/testing'
import { type RunningServer, startServer } from '@livefold/server'
import { describe, expect, it, vi } from 'vitest'
import { httpSync } from './http-sync.ts'
import { webSocketSync } from './web-socket-sync.ts'

// Processes and disks of a busy machine take their time.
vi.setConfig({ testTimeout: 30_000 })

function fixture(running: RunningServer, transport: SyncTransportFixture['transport']): SyncTransportFixture {
  return { transport, connections: () => running.server.stats().connections, stop: () => running.close() }
}

syncTransportConformance(
  'WebSocket',
  async () => {
    const running = await startServer({ port: 0, data: ':memory:' })
    return fixture(running, webSocketSync({ url: running.url }))
  },
  { describe, it, expect },
)

syncTransportConformance(
  'HTTP',
  async () => {
    // Over HTTP the server learns of a client's end by its silence alone.
    const running = await startServer({ port: 0, data: ':memory:', limits: { httpIdleMs: 1_000 } })
    return fixture(running, httpSync({ url: running.url }))
  },
  { describe, it, expect },
)
