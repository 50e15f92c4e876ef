import { setTimeout } from 'node:timers/promises'
import { createStore } from '@livefold/core'
import { nodeAdapter } from '@livefold/node'
import { additions, itemId } from '../work/item.ts'
import { eventOf, one, schema } from '../work/schema.ts'
import { collected } from './held.ts'
import type { MemoryAnswer } from './memory-task.ts'

const ITEMS = 1_000
const BATCH = 200
const MINUTE = 60

/** When the collector has run. */
interface Held {
  /** Made so far. */
  readonly commits: number
  readonly heap: number
  readonly rss: number
}

/** Renames the same rows over and over, with some of them watched, in a store on disk whose log grows meanwhile. */
export async function commitSoak(directory: string, seconds: number): Promise<MemoryAnswer> {
  const store = await createStore({ schema, storeId: 'soak', adapter: nodeAdapter({ directory }), development: false })
  store.commit(...additions(0, ITEMS).map(eventOf))
  for (let n = 0; n < 100; n++) store.subscribe(one(itemId(n)), () => {})
  let commits = 0

  async function run(until: number): Promise<Held> {
    while (performance.now() < until) {
      for (let i = 0; i < BATCH; i++) {
        commits += 1
        store.commit(eventOf({ kind: 'rename', id: itemId(commits % ITEMS), title: `Commit ${commits}` }))
      }
      await store.settled()
      await setTimeout(0)
    }
    await collected()
    const { heapUsed, external, rss } = process.memoryUsage()
    return { commits, heap: heapUsed + external, rss }
  }

  const start = performance.now()
  // The first third fills caches, which have limits.
  const early = await run(start + (seconds * 1_000) / 3)
  const held: Held[] = []
  const steps = Math.max(1, Math.floor(seconds / MINUTE))
  for (let step = 1; step <= steps; step++)
    held.push(await run(start + seconds * 1_000 * (1 / 3 + (2 / 3) * (step / steps))))
  const late = held.at(-1) as Held
  await store.close()
  const bytes = late.heap - early.heap
  return {
    bytes,
    figures: [
      { name: 'bytes a commit', value: bytes / (late.commits - early.commits), unit: 'bytes', atMost: 1 },
      { name: 'commits', value: late.commits - early.commits, unit: '' },
      { name: 'growth of RSS', value: (late.rss - early.rss) / 1_024, unit: 'KB' },
      ...[early, ...held].flatMap(({ heap, rss, commits }, i) => [
        { name: `heap, sample ${i}`, value: heap / 2 ** 20, unit: 'MB' as const },
        { name: `RSS, sample ${i}, ${commits} commits`, value: rss / 2 ** 20, unit: 'MB' as const },
      ]),
    ],
  }
}
