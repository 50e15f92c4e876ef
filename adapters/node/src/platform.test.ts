import { Worker } from 'node:worker_threads'
import { platformConformance } from '@livefold/core/testing'
import * as vitest from 'vitest'
import { nodeAdapter } from './index.ts'
import { temporaryDirectory } from './testing/temporary-directory.ts'

// A worker thread takes a while to start where two cores are shared by many.
const api = { ...vitest, it: (name: string, body: () => void | Promise<void>) => vitest.it(name, body, 60_000) }

platformConformance(
  'node, leader in process',
  async () => {
    const directory = temporaryDirectory()
    return {
      adapter: () => nodeAdapter({ directory: directory.path }),
      persistent: true,
      release: async () => directory.remove(),
    }
  },
  api,
)

platformConformance(
  'node, leader in a worker thread',
  async () => {
    const directory = temporaryDirectory()
    let newest: Worker | null = null
    return {
      adapter: (version) =>
        nodeAdapter({
          directory: directory.path,
          worker: () => {
            newest = new Worker(new URL('./testing/platform.worker.ts', import.meta.url), { workerData: { version } })
            return newest
          },
        }),
      persistent: true,
      killLeader: async () => void (await newest?.terminate()),
      release: async () => directory.remove(),
    }
  },
  api,
)
