import { readdirSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { createStore } from '@livefold/core'
import { platformSchema } from '@livefold/core/testing'
import { webSocketSync } from '@livefold/sync'
import { nodeAdapter } from '../index.ts'

// Opens a store, commits, closes it at once, and prints what of the process is left besides what was there before.
// usage: closing-app.ts <directory> <thread | worker | silent> <url of a sync server> <at once | when told>

const [directory, where, url, when] = process.argv.slice(2) as [string, string, string, string]

/** Files and sockets are counted where the system tells them (Linux). */
function held(): string[] {
  const files = process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0
  return [...process.getActiveResourcesInfo(), ...Array<string>(files).fill('file')]
}

const worker = () =>
  new Worker(new URL(where === 'silent' ? './silent.worker.ts' : './kill-victim.worker.ts', import.meta.url), {
    workerData: { url },
  })
const sync = webSocketSync({ url })
const options = { schema: platformSchema(1), storeId: 's', timeout: where === 'silent' ? 300 : 30_000 }

async function once(): Promise<void> {
  const adapter = nodeAdapter(where === 'thread' ? { directory, sync } : { directory, worker })
  try {
    const store = await createStore({ ...options, adapter })
    store.commit({ name: 'v1.ItemAdded', args: { id: store.sessionId, label: 'x', rank: 0 }, local: false })
    if (when === 'when told') await new Promise<void>((resolve) => process.stdin.once('data', () => resolve()))
    await store.close()
  } catch (error) {
    if ((error as { code?: string }).code !== 'leader/lost') throw error
  }
}

// What is made once a process (SQLite's module, the first worker's machinery) is there before counting.
await once()
await new Promise((resolve) => setImmediate(resolve))
const before = held()
await once()

/** What is held beyond that; what was still on its way out then may be gone. */
function left(): string[] {
  const known = [...before]
  return held().filter((each) => {
    const at = known.indexOf(each)
    if (at >= 0) known.splice(at, 1)
    return at < 0
  })
}

const deadline = performance.now() + 5_000
while (left().length > 0 && performance.now() < deadline) await new Promise((resolve) => setImmediate(resolve))
console.log(JSON.stringify({ left: left() }))
