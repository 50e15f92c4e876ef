import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { computed, createStore, deleteStore, queryDb, StoreError, sql } from '@livefold/core'
import { memoryAdapter, memoryBackend } from '@livefold/memory'
import { nodeAdapter } from '@livefold/node'
import { startServer } from '@livefold/server'
import { httpSync, webSocketSync } from '@livefold/sync'
import { events, schema, todos } from './schema.ts'

const open = queryDb(todos.where({ done: false }).orderBy('createdAt', 'desc').limit(100), { label: 'open' })
const count = todos.where({ done: false }).count()
const perList = sql`select done, count(*) as n from todos group by done`.as<{ done: number; n: number }>()
const title = computed((get) => `${get(count)} open`)

await memory()
await network()
console.log('consumer ok')

async function memory(): Promise<void> {
  const adapter = memoryAdapter({ sync: memoryBackend() })
  const store = await createStore({ schema, storeId: 'memory', adapter })
  const heard: string[][] = []
  const stop = store.subscribe(open, (rows) => heard.push(rows.map((row) => row.title)))

  const receipt = store.commit(
    events.todoCreated({ id: 'a', title: 'first' }),
    events.todoToggled({ id: 'a', done: true }),
    events.todoCreated({ id: 'b', title: 'second' }),
  )
  const row = store.query(todos.where({ id: 'b' }).first())
  assert.equal(row?.title, 'second')
  assert.ok(row?.createdAt instanceof Date)
  const tags: string[] | undefined = row?.tags
  assert.deepEqual(tags, [])
  const value: string = store.signal(title).value
  assert.equal(value, '1 open')
  assert.equal(
    store.query(perList).reduce((sum, each) => sum + each.n, 0),
    2,
  )
  await receipt.acked
  await receipt.confirmed
  assert.deepEqual(heard.at(-1), ['second'])
  stop()

  assert.throws(
    // @ts-expect-error title must be text
    () => store.commit(events.todoCreated({ id: 'c', title: 5 })),
    (error) => error instanceof StoreError && error.code === 'event/invalid',
  )
  store.commit(events.uiSet({ key: 'theme', value: 'dark' }))
  await store.settled()
  await store.close()
  await deleteStore({ storeId: 'memory', adapter })
}

async function network(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'livefold-app-'))
  const server = await startServer({ port: 0, data: join(directory, 'server') })
  const url = server.url.replace(/^ws/, 'http')
  const client = (name: string, sync: ReturnType<typeof webSocketSync>) =>
    createStore({ schema, storeId: 'team', adapter: nodeAdapter({ directory: join(directory, name), sync }) })
  const live = await client('live', webSocketSync({ url: url.replace(/^http/, 'ws') }))
  const poll = await client('poll', httpSync({ url }))

  const arrived = new Promise<void>((resolve) => {
    poll.subscribe(count, (n) => {
      if (n === 2) resolve()
    })
  })
  await live.commit(events.todoCreated({ id: 'x', title: 'over the wire' })).confirmed
  await poll.commit(events.todoCreated({ id: 'y', title: 'and back' })).confirmed
  await arrived
  assert.deepEqual(
    poll.query(todos.orderBy('id')).map((row) => row.id),
    ['x', 'y'],
  )

  await live.close()
  await poll.close()
  await server.close()
  rmSync(directory, { recursive: true, force: true })
}
