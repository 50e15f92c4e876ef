import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import { createStore, digestOf, type Store, type StoreError } from '@livefold/core'
import { hostClock, hostRandom, type SyncTransport } from '@livefold/core/adapter'
import { createSyncServer, memoryLogStore, memoryTransport } from '@livefold/core/server'
import { platformSchema } from '@livefold/core/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nodeAdapter } from './index.ts'
import { locateStore } from './store-location.ts'
import { temporaryDirectory } from './testing/temporary-directory.ts'

/** More text than SQLite's page cache holds (2 MB), so that the beginning of the log is read from the file again. */
const EVENTS = 300
const LABEL = 'x'.repeat(40_000)

let directory: ReturnType<typeof temporaryDirectory>
let store: Store

beforeEach(() => {
  directory = temporaryDirectory()
})

afterEach(async () => {
  await store.close()
  directory.remove()
})

async function fill(sync: SyncTransport | null): Promise<void> {
  store = await createStore({
    schema: platformSchema(1),
    storeId: 's',
    adapter: nodeAdapter({ directory: directory.path, ...(sync && { sync }) }),
    development: false,
  })
  for (let i = 0; i < EVENTS; i++) {
    store.commit({ name: 'v1.ItemAdded', args: { id: `i${i}`, label: `${i}-${LABEL}`, rank: 0 }, local: false })
    if (i % 50 === 49) await store.settled()
  }
}

/** Changes a letter of the first event in the file, under the open store, wherever it lies or lay. */
function damage(): void {
  const { database } = locateStore(directory.path, 's')
  const bytes = readFileSync(database)
  const event = '"id":"i0","label":"0-x'
  const file = openSync(database, 'r+')
  let at = bytes.indexOf(event)
  expect(at).toBeGreaterThan(0)
  for (; at !== -1; at = bytes.indexOf(event, at + 1)) writeSync(file, 'y', at + 30)
  closeSync(file)
}

const kept = () => readdirSync(directory.path).filter((name) => name.includes('damaged'))

async function firstLabel(): Promise<string> {
  for await (const event of store.events({ after: 0 })) return (event.args as { label: string }).label
  throw new Error('no event')
}

test('LOG-2 an event that goes bad under a running leader is never given: reported, kept aside, pulled again', async () => {
  const [clock, random] = [hostClock(globalThis), hostRandom(globalThis)]
  const server = createSyncServer({ log: memoryLogStore({ random }), clock, random })
  await fill(memoryTransport(server, clock))
  const errors: string[] = []
  store.on('error', (error: StoreError) => errors.push(error.code))
  const digest = digestOf(store)
  damage()
  expect(await firstLabel()).toBe(`0-${LABEL}`)
  expect(errors).toContain('storage/corrupt')
  expect(kept()).toEqual(['s.sqlite.damaged-1'])
  await store.commit({ name: 'v1.ItemAdded', args: { id: 'more', label: 'more', rank: 0 }, local: false }).confirmed
  await expect.poll(() => store.status.upstreamHead.value).toBe(EVENTS + 1)
  expect(digestOf(store)).not.toBe(digest)
  await server.close()
})

test('LOG-2 without a backend it is said, and the file is left as it is', async () => {
  await fill(null)
  damage()
  const read = firstLabel()
  read.catch(() => {})
  await expect.poll(() => store.status.error.value?.code).toBe('storage/corrupt')
  expect(kept()).toEqual([])
  expect(store.query({ compile: () => ({ sql: 'select count(*) as n from items', parameters: [] }) })).toEqual([
    { n: EVENTS },
  ])
  await store.close()
})
