// An app of its own process: opens a store, commits, says so, and closes it or waits to be killed.
import { Worker } from 'node:worker_threads'
import { createStore } from '@livefold/core'
import { platformSchema } from '@livefold/core/testing'
import { nodeAdapter } from '../node-adapter.ts'

const [directory = '', where = 'thread', end = 'close'] = process.argv.slice(2)
const worker = () => new Worker(new URL('./platform.worker.ts', import.meta.url), { workerData: { version: 1 } })
const adapter = nodeAdapter(where === 'worker' ? { directory, worker } : { directory })
const store = await createStore({ schema: platformSchema(1), storeId: 's', adapter })
for (let i = 0; i < 10; i++) {
  const args = { id: `${store.sessionId}-${i}`, label: 'x', rank: i }
  await store.commit({ name: 'v1.ItemAdded', args, local: false }).acked
}
process.stdout.write('acked\n')
if (end === 'close') await store.close()
else setInterval(() => {}, 1_000)
