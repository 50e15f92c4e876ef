import { copyFileSync, cpSync, readdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { createStore, deleteStore } from '@livefold/core'
import { hostClock, hostRandom, type SyncTransport } from '@livefold/core/adapter'
import { createSyncServer, memoryLogStore, memoryTransport } from '@livefold/core/server'
import { platformSchema } from '@livefold/core/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nodeAdapter } from './index.ts'
import { locateStore } from './store-location.ts'
import { temporaryDirectory } from './testing/temporary-directory.ts'

let directory: ReturnType<typeof temporaryDirectory>

beforeEach(() => {
  directory = temporaryDirectory()
})
afterEach(() => directory.remove())

const adapterOf = (path: string, sync?: SyncTransport) => nodeAdapter({ directory: path, ...(sync && { sync }) })
const open = (path: string, sync?: SyncTransport) =>
  createStore({ schema: platformSchema(1), storeId: 's', adapter: adapterOf(path, sync), development: false })

/** What the kill of a process leaves, its write-ahead log cut; and the store closed in order, as a backup has it. */
async function cutStore(sync?: SyncTransport): Promise<{ cut: string; backup: string }> {
  const [backup, cut] = [join(directory.path, 'backup'), join(directory.path, 'cut')]
  const store = await open(backup, sync)
  for (let i = 0; i < 10; i++) {
    await store.commit({ name: 'v1.ItemAdded', args: { id: `i${i}`, label: 'x', rank: i }, local: false }).confirmed
  }
  cpSync(backup, cut, { recursive: true })
  await store.close()
  const log = `${locateStore(cut, 's').database}-wal`
  truncateSync(log, Math.floor(statSync(log).size / 2))
  return { cut, backup }
}

test('LOG-1 a cut write-ahead log is refused time and again, and a backup in its place is opened', async () => {
  const { cut, backup } = await cutStore()
  for (let i = 0; i < 3; i++) await expect(open(cut)).rejects.toMatchObject({ code: 'storage/corrupt' })
  copyFileSync(locateStore(backup, 's').database, locateStore(cut, 's').database)
  const store = await open(cut)
  expect(store.status.upstreamHead.value).toBe(10)
  await store.close()
  await (await open(cut)).close()
  expect(readdirSync(cut).filter((name) => name.endsWith('.cut'))).toEqual([])
})

test('LOG-1 what was refused without a backend is made anew with one, and then sound', async () => {
  const [clock, random] = [hostClock(globalThis), hostRandom(globalThis)]
  const server = createSyncServer({ log: memoryLogStore({ random }), clock, random })
  const sync = memoryTransport(server, clock)
  const { cut } = await cutStore(sync)
  await expect(open(cut)).rejects.toMatchObject({ code: 'storage/corrupt' })
  const store = await open(cut, sync)
  await expect.poll(() => store.status.upstreamHead.value).toBe(10)
  expect(store.status.error.value?.code).toBe('storage/corrupt')
  await store.close()
  const again = await open(cut, sync)
  expect(again.status.error.value).toBe(null)
  await again.close()
  await server.close()
})

test('a deleted store leaves no note', async () => {
  const { cut } = await cutStore()
  await expect(open(cut)).rejects.toMatchObject({ code: 'storage/corrupt' })
  await deleteStore({ storeId: 's', adapter: adapterOf(cut) })
  expect(readdirSync(cut)).toEqual([])
})
