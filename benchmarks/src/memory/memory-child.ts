import { session } from '../livefold/livefold-memory.ts'
import { rawMemory } from '../raw/raw-memory.ts'
import type { Client } from '../suite/contestant.ts'
import { additions, itemId, itemsFrom } from '../work/item.ts'
import { commitSoak } from './commit-soak.ts'
import { held } from './held.ts'
import type { MemoryAnswer, MemoryTask } from './memory-task.ts'

// node --expose-gc memory-child.ts <task> <contestant> <directory> <seconds>: prints a MemoryAnswer.

const ITEMS = 10_000
const READS = 1_000_000

async function rows(open: Open): Promise<MemoryAnswer> {
  const client = await open(0)
  // The first ones make code: half a megabyte once, whatever is committed later.
  const none = await held(client)
  await add(client, 0)
  const before = await held(client)
  await add(client, ITEMS)
  const bytes = (await held(client)) - before
  return { bytes, figures: [{ name: 'code, once', value: (before - none - bytes) / 1_024, unit: 'KB' }] }
}

async function add(client: Client, from: number): Promise<void> {
  for (let n = from; n < from + ITEMS; n += 100) {
    for (const change of additions(n, 100)) await client.commit([change])
    await client.settled()
  }
}

async function queries(open: Open): Promise<MemoryAnswer> {
  const client = await open(ITEMS)
  const ids = Array.from({ length: ITEMS }, (_, i) => itemId(i))
  const mount = client.mount?.(ids, () => {})
  // Whatever the first ones make ready for all.
  client.mount?.([itemId(0)], () => {})()
  const before = await held(client)
  const end = mount?.()
  const bytes = ((await held(client)) - before) / ITEMS
  end?.()
  return { bytes, figures: [] }
}

async function reads(open: Open): Promise<MemoryAnswer> {
  const client = await open(ITEMS)
  const read = client.reader(itemId(4_711))
  for (let i = 0; i < READS / 10; i++) void read()
  const before = await held(client)
  for (let i = 0; i < READS; i++) void read()
  const bytes = (await held(client)) - before
  return { bytes, figures: [{ name: 'growth', value: bytes / 1_024, unit: 'KB', atMost: 64 }] }
}

type Open = (items: number) => Promise<Client>

async function answer(task: MemoryTask, name: string, directory: string, seconds: number): Promise<MemoryAnswer> {
  if (task === 'soak' || task === 'soak-10-min') return commitSoak(directory, seconds)
  const contestant = { raw: rawMemory, session }[name]
  if (!contestant) throw new Error(`Nobody is called ${name}.`)
  const open = async (items: number) => (await contestant.openClient?.(itemsFrom(0, items))) as Client
  return { rows, queries, reads }[task](open)
}

const [task, name = '', directory = '', seconds] = process.argv.slice(2)
console.log(JSON.stringify(await answer(task as MemoryTask, name, directory, Number(seconds))))
process.exit()
