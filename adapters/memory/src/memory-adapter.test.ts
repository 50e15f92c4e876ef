import {
  boolean,
  createStore,
  defineEvents,
  defineSchema,
  digestOf,
  event,
  json,
  localEvent,
  localTable,
  StoreError,
  table,
  text,
  timestamp,
} from '@livefold/core'
import type { LineEvents, SyncTransport } from '@livefold/core/adapter'
import { expect, it, vi } from 'vitest'
import { z } from 'zod'
import { memoryAdapter, memoryBackend } from './index.ts'

const todos = table('todos', {
  id: text().primaryKey(),
  title: text(),
  done: boolean().default(false),
  createdAt: timestamp(),
})
const ui = localTable('ui', { key: text().primaryKey(), value: json<unknown>() })
const events = defineEvents({
  todoCreated: event('v1.TodoCreated', z.object({ id: z.string(), title: z.string() })),
  todoToggled: event('v1.TodoToggled', z.object({ id: z.string(), done: z.boolean() })),
  doneCleared: event('v1.DoneCleared', z.object({})),
  uiSet: localEvent('v1.UiSet', z.object({ key: z.string(), value: z.unknown() })),
})
const schema = defineSchema({
  version: 1,
  tables: { todos, ui },
  events,
  materializers: {
    todoCreated: ({ id, title }, ctx) => todos.insert({ id, title, createdAt: new Date(ctx.event.at) }),
    todoToggled: ({ id, done }) => todos.update({ done }).where({ id }),
    doneCleared: () => todos.delete().where({ done: true }),
    uiSet: ({ key, value }) => ui.upsert({ key, value }),
  },
})

it('a local-only store confirms at once', async () => {
  const store = await createStore({ schema, storeId: 'one', adapter: memoryAdapter() })
  const seen: number[] = []
  store.subscribe(todos.count(), (count) => seen.push(count))
  const receipt = store.commit(
    events.todoCreated({ id: 'a', title: 'Water' }),
    events.todoToggled({ id: 'a', done: true }),
  )
  expect(store.query(todos.where({ id: 'a' }).first())?.done).toBe(true)
  await receipt.acked
  await receipt.confirmed
  expect(store.status.upstreamHead.value).toBe(2)
  expect(seen).toEqual([0, 1])
  await store.commit(events.uiSet({ key: 'x', value: { a: 1 } })).confirmed
  await store.close()
})

it('SYNC-1 two clients of one backend end with equal digests', async () => {
  const backend = memoryBackend()
  const a = await createStore({ schema, storeId: 's', adapter: memoryAdapter({ sync: backend }) })
  const b = await createStore({ schema, storeId: 's', adapter: memoryAdapter({ sync: backend }) })
  for (let i = 0; i < 50; i++) {
    a.commit(events.todoCreated({ id: `a${i}`, title: 'from a' }))
    b.commit(events.todoCreated({ id: `b${i}`, title: 'from b' }))
  }
  await Promise.all([a.settled(), b.settled()])
  await expect.poll(() => [a.status.upstreamHead.value, b.status.upstreamHead.value]).toEqual([100, 100])
  expect(digestOf(a)).toBe(digestOf(b))
  expect(a.query(todos.count())).toBe(100)
  await a.close()
  await b.close()
})

it('SYNC-2 a URL in the place of a transport is refused, instead of a store that never syncs', async () => {
  const adapter = memoryAdapter({ sync: 'ws://127.0.0.1:4322/sync' as never })
  const refusal = await createStore({ schema, storeId: 's', adapter }).catch((thrown: unknown) => thrown)
  expect(refusal).toMatchObject({
    code: 'schema/invalid',
    message: expect.stringContaining('give what webSocketSync({ url })'),
  })
})

it('SYNC-2 in a page whose network is back it connects at once, and listens no more once it is closed', async () => {
  const page = new EventTarget()
  const ended = vi.spyOn(page, 'removeEventListener')
  vi.stubGlobal('window', page)
  try {
    const lines: LineEvents[] = []
    const sync: SyncTransport = {
      name: 'none',
      ordered: true,
      connect: (events) => {
        lines.push(events)
        return { send: () => {}, close: () => {} }
      },
    }
    const store = await createStore({ schema, storeId: 'back', adapter: memoryAdapter({ sync }) })
    const fail = () => lines.at(-1)?.closed(new StoreError('sync/offline', 'no network', { retry: 'backoff' }))
    // Seven failures in a row would be waited for longer than a test may take.
    for (let made = 1; made <= 8; made++) {
      await expect.poll(() => lines.length, { timeout: 3_000 }).toBeGreaterThanOrEqual(made)
      fail()
      page.dispatchEvent(new Event('online'))
    }
    await expect.poll(() => lines.length, { timeout: 3_000 }).toBeGreaterThanOrEqual(9)
    await store.close()
    expect(ended.mock.calls.map(([name]) => name)).toEqual(['online', 'offline'])
  } finally {
    vi.unstubAllGlobals()
  }
})
