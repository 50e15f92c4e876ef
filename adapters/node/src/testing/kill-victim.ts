// A client of its own process that commits without end until it is killed, and tells each commit that was acked.
// Arguments: directory, URL of the server, `thread` or `worker`. Signal SIGUSR2 ends its leader's thread; `settle` on stdin ends the run.
import { writeSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { createStore } from '@livefold/core'
import { platformSchema } from '@livefold/core/testing'
import { webSocketSync } from '@livefold/sync'
import { nodeAdapter } from '../node-adapter.ts'

/** Commits that wait for their ack at once. */
const WINDOW = 8
/** Between an ack and the next commit, ms: a log that grows without end would make each start after a kill longer. */
const PAUSE = 15

const [directory = '', url = '', where = 'thread'] = process.argv.slice(2)
let leader: Worker | null = null
const worker = () => {
  leader = new Worker(new URL('./kill-victim.worker.ts', import.meta.url), { workerData: { url } })
  return leader
}
const adapter = nodeAdapter(where === 'worker' ? { directory, worker } : { directory, sync: webSocketSync({ url }) })
const store = await createStore({ schema: platformSchema(1), storeId: 's', adapter })
let committing = true
let count = 0
process.on('SIGUSR2', () => void leader?.terminate())
process.stdin.on('data', () => void settle())
// Not before: who hears it may signal at once, and a signal without a handler ends the process.
tell('ready')
for (let i = 0; i < WINDOW; i++) next()

function next(): void {
  if (!committing) return
  const id = `${store.sessionId}-${++count}`
  const receipt = store.commit(
    { name: 'v1.ItemAdded', args: { id, label: 'first', rank: 1 }, local: false },
    { name: 'v1.ItemAdded', args: { id: `${id}b`, label: 'second', rank: 2 }, local: false },
  )
  // Rejected when the store is closed: nothing was said of it then.
  receipt.acked.then(
    () => {
      tell(`acked ${receipt.ids.join(' ')}`)
      setTimeout(next, PAUSE)
    },
    () => {},
  )
}

async function settle(): Promise<void> {
  committing = false
  await store.settled()
  await store.close()
  tell('settled')
  process.exit(0)
}

/** At once: a line that waits in a buffer when the process is killed was never said. */
function tell(line: string): void {
  writeSync(1, `${line}\n`)
}
