import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { createStore, deleteStore, type Store, type StoreError } from '@livefold/core'
import { platformSchema } from '@livefold/core/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nodeAdapter } from './index.ts'
import { openFile } from './open-leader.ts'
import { locateStore } from './store-location.ts'
import { temporaryDirectory } from './testing/temporary-directory.ts'

let directory: ReturnType<typeof temporaryDirectory>
const stores: Store[] = []

beforeEach(() => {
  directory = temporaryDirectory()
})

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
  directory.remove()
})

async function open(adapter = nodeAdapter({ directory: directory.path }), storeId = 's'): Promise<Store> {
  const store = await createStore({ schema: platformSchema(1), storeId, adapter })
  stores.push(store)
  return store
}

const add = (id: string) => ({ name: 'v1.ItemAdded', args: { id, label: id, rank: 0 }, local: false })
const count = { sql: 'select count(*) as n from items', parameters: [] }
const items = (store: Store) => (store.query({ compile: () => count }) as { n: number }[])[0]?.n

/** The app of `testing/app.ts` in a process of its own. */
function app(where: 'thread' | 'worker', end: 'close' | 'stay') {
  const file = fileURLToPath(new URL('./testing/app.ts', import.meta.url))
  const args = [
    '--conditions=livefold-source',
    '--disable-warning=ExperimentalWarning',
    file,
    directory.path,
    where,
    end,
  ]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const acked = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()))
  return { child, acked, exited }
}

test.each(['thread', 'worker'] as const)(
  'BND-1 after close the process ends by itself (leader in a %s)',
  async (where) => {
    expect(await app(where, 'close').exited).toBe(0)
    expect(items(await open())).toBe(10)
  },
  30_000,
)

test.each(['thread', 'worker'] as const)(
  'DUR-1 LEAD-1 one process has the store; after its SIGKILL the next one has all that was acked (leader in a %s)',
  async (where) => {
    const { child, acked, exited } = app(where, 'stay')
    await acked
    const refused = await open().catch((error: StoreError) => error)
    expect(refused).toMatchObject({ code: 'storage/locked', details: { storeId: 's' } })
    expect((refused as StoreError).message).toContain(join(directory.path, 's.sqlite'))
    await expect(
      deleteStore({ storeId: 's', adapter: nodeAdapter({ directory: directory.path }) }),
    ).rejects.toMatchObject({
      code: 'storage/locked',
    })
    child.kill('SIGKILL')
    await exited
    expect(items(await open())).toBe(10)
  },
  30_000,
)

test('LEAD-1 a second adapter of the same process is refused, and let in after the first has closed', async () => {
  const first = await open()
  await expect(open()).rejects.toMatchObject({ code: 'storage/locked' })
  await first.commit(add('a')).acked
  await first.close()
  expect(items(await open())).toBe(1)
})

test('a worker that finds the store locked says so too', async () => {
  await open()
  const worker = () =>
    new Worker(new URL('./testing/platform.worker.ts', import.meta.url), { workerData: { version: 1 } })
  await expect(open(nodeAdapter({ directory: directory.path, worker }))).rejects.toMatchObject({
    code: 'storage/locked',
  })
})

test('any SQLite tool reads the file while the store is open', async () => {
  const store = await open()
  await store.commit(add('a')).acked
  const tool = new DatabaseSync(locateStore(directory.path, 's').database, { readOnly: true })
  expect(tool.prepare('SELECT id FROM items').all()).toEqual([{ id: 'a' }])
  expect(tool.prepare('SELECT seq, name FROM livefold_eventlog').all()).toEqual([{ seq: 1, name: 'v1.ItemAdded' }])
  tool.close()
})

test('deleting leaves no file', async () => {
  const adapter = nodeAdapter({ directory: directory.path })
  const store = await open(adapter)
  await store.commit(add('a')).acked
  await store.close()
  await deleteStore({ storeId: 's', adapter })
  expect(readdirSync(directory.path)).toEqual([])
})

test('a file of a newer format is refused, and left as it is', async () => {
  await (await open()).close()
  const { database } = locateStore(directory.path, 's')
  const tool = new DatabaseSync(database)
  tool.exec("UPDATE livefold_meta SET value = 99 WHERE key = 'format'")
  const epoch = tool.prepare("SELECT value FROM livefold_meta WHERE key = 'epoch'").get()
  tool.close()
  await expect(open()).rejects.toMatchObject({ code: 'storage/version' })
  const again = new DatabaseSync(database)
  expect(again.prepare("SELECT value FROM livefold_meta WHERE key = 'epoch'").get()).toEqual(epoch)
  again.close()
})

test('a file that is no database is refused, and the lock given back', async () => {
  const { database } = locateStore(directory.path, 's')
  writeFileSync(database, 'not a database, but long enough to have a header of its own'.repeat(100))
  await expect(open()).rejects.toMatchObject({ code: 'storage/corrupt' })
  await deleteStore({ storeId: 's', adapter: nodeAdapter({ directory: directory.path }) })
  expect(items(await open())).toBe(0)
})

test.each(['thread', 'worker'])(
  'SYNC-2 a file that cannot be opened is said at once: leader in a %s',
  async (where) => {
    mkdirSync(locateStore(directory.path, 's').database)
    const worker = () =>
      new Worker(new URL('./testing/platform.worker.ts', import.meta.url), { workerData: { version: 1 } })
    const adapter =
      where === 'worker'
        ? nodeAdapter({ directory: directory.path, worker })
        : nodeAdapter({ directory: directory.path })
    await expect(open(adapter)).rejects.toMatchObject({ code: 'storage/io' })
  },
)

test('SYNC-2 a worker file that cannot start is said, with its reason', async () => {
  const worker = () => new Worker(new URL('./testing/platform.worker.ts', import.meta.url), { workerData: undefined })
  await expect(open(nodeAdapter({ directory: directory.path, worker }))).rejects.toMatchObject({
    code: 'leader/lost',
    message: expect.stringContaining('runLeaderWorker'),
  })
})

test.each([
  ['normal', 1],
  ['full', 2],
] as const)('durability %s is SQLite’s synchronous = %i over WAL', (durability, level) => {
  const driver = openFile(join(directory.path, 'x.sqlite'), durability)
  expect(Number(driver.prepare('PRAGMA synchronous').value())).toBe(level)
  expect(driver.prepare('PRAGMA journal_mode').value()).toBe('wal')
  driver.close()
})

test('a store with full durability works like any other', async () => {
  const store = await open(nodeAdapter({ directory: directory.path, durability: 'full' }))
  await store.commit(add('a'), add('b')).confirmed
  expect(items(store)).toBe(2)
})

test('ISO-1 no two store ids share a file, also where case does not count', () => {
  const ids = [
    'a',
    'A',
    '%41',
    'a.',
    'a*',
    'a/b',
    'a\\b',
    'ä',
    'x'.repeat(200),
    '库'.repeat(200),
    `${'库'.repeat(199)}x`,
  ]
  const files = ids.map((storeId) => locateStore(directory.path, storeId).database.slice(directory.path.length + 1))
  expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(ids.length)
  for (const file of files) expect(file).toMatch(/^[\w%~!'()-]{1,200}\.sqlite$/)
})

test('a directory that cannot be made is a StoreError that names it', async () => {
  const under = join(directory.path, 'file')
  writeFileSync(under, '')
  await expect(open(nodeAdapter({ directory: join(under, 'data') }))).rejects.toMatchObject({
    code: 'storage/io',
    message: expect.stringContaining(under),
  })
})

test('deleting what the file system refuses to delete is a StoreError, and works once that is mended', async () => {
  const adapter = nodeAdapter({ directory: directory.path })
  await (await open(adapter)).close()
  const { database, lock } = locateStore(directory.path, 's')
  // Root may delete any file, but none that is a directory.
  mkdirSync(`${database}.fresh`)
  await expect(deleteStore({ storeId: 's', adapter })).rejects.toMatchObject({
    code: 'storage/io',
    details: { storeId: 's', file: database },
    message: expect.stringMatching(/could not be deleted: .*\.fresh/),
  })
  rmSync(`${database}.fresh`, { recursive: true })
  rmSync(lock, { force: true })
  mkdirSync(lock)
  await expect(deleteStore({ storeId: 's', adapter })).rejects.toMatchObject({
    code: 'storage/io',
    message: expect.stringMatching('unable to open database file'),
  })
  // Tried again until the time is over: a lock's place may come free.
  const opened = createStore({ schema: platformSchema(1), storeId: 's', adapter, timeout: 300 })
  await expect(opened).rejects.toMatchObject({ code: 'storage/io' })
  rmSync(lock, { recursive: true })
  await deleteStore({ storeId: 's', adapter })
  expect(readdirSync(directory.path)).toEqual([])
})

test('what nodeAdapter needs is said where it is missing', async () => {
  const wrong = (options: object) => nodeAdapter(options as { directory: string })
  expect(() => wrong({})).toThrow('needs the path of a directory')
  expect(() => wrong({ directory: directory.path, worker: './leader.ts' })).toThrow('takes a function')
  await expect(open(wrong({ directory: directory.path, worker: () => {} }))).rejects.toMatchObject({
    code: 'leader/lost',
    message: expect.stringContaining('return new Worker'),
  })
})
