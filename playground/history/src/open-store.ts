import { Worker } from 'node:worker_threads'
import { createStore } from '@livefold/core'
import { nodeAdapter } from '@livefold/node'
import { schema } from './schema.ts'
import { type ServerAddress, syncTo } from './server-address.ts'

export interface OpenOptions {
  readonly storeId: string
  /** Directory that holds this client's database; one process at a time. */
  readonly data: string
  readonly server: ServerAddress
  /** Runs the leader in a thread of its own. */
  readonly worker: boolean
}

/** Opens the store of one client. `terminateLeader` kills its leader thread, for tests of what happens then. */
export async function openStore(options: OpenOptions) {
  const { storeId, data: directory, server } = options
  let leader = null as Worker | null
  const worker = () => {
    leader = new Worker(new URL('./history.worker.ts', import.meta.url), { workerData: server })
    return leader
  }
  const adapter = nodeAdapter(options.worker ? { directory, worker } : { directory, sync: syncTo(server) })
  const store = await createStore({ schema, storeId, adapter })
  return {
    store,
    async terminateLeader() {
      if (!leader) throw new Error('the leader has no thread of its own; start with --worker')
      await leader.terminate()
    },
  }
}

export type HistoryStore = Awaited<ReturnType<typeof openStore>>['store']
