import { expect, test } from 'vitest'
import { StoreError } from '../base/errors.ts'
import * as leaderParts from '../leader-parts.ts'
import type { LeaderMessage, SessionMessage } from '../protocol/leader-messages.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { Receipt } from '../session/receipt.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { digestOf } from '../store/digest-of.ts'
import type { Store } from '../store/store.ts'
import { events, notes, notesSchema, ui } from '../store/testing/notes-schema.ts'
import { TestBackend } from '../testing/test-backend.ts'
import { TestClient, type TestClientOptions } from '../testing/test-client.ts'
import type { LeaderParts } from './leader-parts.ts'

/** A client whose leader's parts come from elsewhere: not at all, until `arrive` is called. */
function onSlowNetwork(options: Partial<TestClientOptions> = {}) {
  let asked = 0
  let there = false
  const parts = async (): Promise<LeaderParts> => {
    asked += 1
    if (!there) throw new TypeError('Failed to fetch dynamically imported module')
    return leaderParts
  }
  const client = new TestClient({ schema: notesSchema(), parts, ...options })
  return { client, asked: () => asked, arrive: () => (there = true) }
}

const add = (id: string, text = '') => events.noteAdded({ id, text })
const titles = (store: Store) => store.query(notes.orderBy('id', 'asc')).map((note) => note.id)
const logged = (client: TestClient) =>
  client.file.prepare("SELECT json_extract(args, '$.id') FROM livefold_eventlog ORDER BY seq").values().flat()
const writes = (client: TestClient) =>
  Number(
    client.file
      .prepare('SELECT (SELECT count(*) FROM livefold_eventlog) + (SELECT count(*) FROM livefold_pending)')
      .value(),
  )

test('SYNC-2 DUR-1 a leader whose code does not load answers its sessions, says so, acks nothing, and does all of it once it is there', async () => {
  const { client, arrive } = onSlowNetwork()
  client.sync = new TestBackend(client.clock)
  const store = await client.open()
  const receipt = store.commit(add('a'))
  let acked = false
  void receipt.acked.then(() => {
    acked = true
  })
  await client.clock.run(30_000)
  expect([acked, writes(client), titles(store)]).toEqual([false, 0, ['a']])
  expect(store.status.phase.value).toBe('ready')
  expect(store.status.connection.value).toBe('offline')
  expect(store.status.pending.value).toBe(1)
  expect(store.status.waits.value).toMatchObject([{ code: 'leader' }])
  expect(store.status.error.value).toMatchObject({
    code: 'leader/lost',
    message: expect.stringContaining('cannot be loaded'),
  })
  const second = await client.open()
  expect(titles(second)).toEqual([])
  arrive()
  await client.clock.run(10_000)
  await receipt.confirmed
  expect(titles(second)).toEqual(['a'])
  for (const { status } of [store, second]) {
    expect([status.connection.value, status.error.value, status.waits.value]).toEqual(['online', null, []])
  }
  await second.close()
  await store.close()
})

test('LOG-4 SESS-1 what sessions sent meanwhile is taken in the order in which it came, of those who left, too', async () => {
  const arrival = Promise.withResolvers<LeaderParts>()
  const { client } = onSlowNetwork({ parts: () => arrival.promise })
  const stores = [await client.open(), await client.open(), await client.open()] as const
  const order: string[] = []
  for (const [i, who] of [0, 1, 2, 2, 1, 0, 1, 2, 0].entries()) {
    order.push(`n${i}`)
    stores[who]?.commit(add(`n${i}`), add(`n${i}+`))
    await client.clock.run(1)
  }
  const closing = stores[2].close()
  await client.clock.run(20_000)
  await closing
  const late = await client.open()
  expect([titles(late), writes(client)]).toEqual([[], 0])
  arrival.resolve(leaderParts)
  await client.clock.run(100)
  expect(logged(client)).toEqual(order.flatMap((id) => [id, `${id}+`]))
  expect(new Set([stores[0], stores[1], late].map((store) => digestOf(store))).size).toBe(1)
  expect(titles(late)).toHaveLength(18)
})

test('DUR-1 LOG-1 after a change of leaders a session that waits for an answer to its hello sends again what is not known, once', async () => {
  let parts: Promise<LeaderParts> = Promise.resolve(leaderParts)
  const { client } = onSlowNetwork({ parts: () => parts })
  const store = await client.open()
  await client.clock.run(10)
  store.commit(add('acked'))
  await client.clock.run(10)
  const arrival = Promise.withResolvers<LeaderParts>()
  parts = arrival.promise
  store.commit(add('sent to the one that dies'))
  await client.crash()
  const receipt = store.commit(add('made meanwhile'))
  // Its hello is said again and again.
  await client.clock.run(60_000)
  expect(store.status.waits.value.map(({ code }) => code)).toEqual(['leader', 'leader'])
  expect(titles(store)).toHaveLength(3)
  expect(titles(await client.open())).toEqual(['acked'])
  arrival.resolve(leaderParts)
  await client.clock.run(1_000)
  await receipt.confirmed
  expect(logged(client)).toEqual(['acked', 'sent to the one that dies', 'made meanwhile'])
})

test('STATE-1 what waits for the backend is in the first answer, at its place', async () => {
  const silent = { name: 'silent', ordered: true, connect: () => ({ send() {}, close() {} }) }
  const { client, arrive } = onSlowNetwork({ sync: silent })
  arrive()
  const store = await client.open()
  store.commit(add('a'))
  store.commit(events.noteRanked({ id: 'a', rank: 7 }))
  await client.clock.run(10)
  await store.close()
  await client.stop()
  const { client: next } = onSlowNetwork({ sync: silent })
  next.file = client.file
  const again = await next.open()
  expect(again.query(notes)).toMatchObject([{ id: 'a', rank: 7 }])
  expect(again.status.pending.value).toBe(2)
})

test('STATE-1 what the leader settles when it takes over is told to those who were answered before', async () => {
  const silent = { name: 'silent', ordered: true, connect: () => ({ send() {}, close() {} }) }
  const { client, arrive } = onSlowNetwork({ sync: silent })
  arrive()
  const store = await client.open()
  store.commit(add('a'))
  await client.clock.run(10)
  await store.close()
  await client.stop()
  // Without a sync, and never having had a backend, it confirms what is pending.
  const { client: next, arrive: arriveLater } = onSlowNetwork()
  next.file = client.file
  const again = await next.open()
  expect([again.status.pending.value, again.status.upstreamHead.value]).toEqual([1, 0])
  arriveLater()
  await next.clock.run(10_000)
  expect([again.status.pending.value, again.status.upstreamHead.value, logged(next)]).toEqual([0, 1, ['a']])
})

test('STATE-1 local tables that an older leader left behind its log are not answered with', async () => {
  const keys = (store: Store) => store.query(ui).map(({ key }) => key)
  const set = (key: string) => events.uiSet({ key, value: 1 })
  const { client, arrive } = onSlowNetwork({ schema: notesSchema({ version: 2 }) })
  arrive()
  const store = await client.open()
  store.commit(set('a'))
  await client.clock.run(10)
  await store.close()
  await client.stop()
  const { client: older, arrive: arriveThere } = onSlowNetwork({ seed: 2 })
  arriveThere()
  older.file = client.file
  const old = await older.open()
  old.commit(set('b'))
  await older.clock.run(10)
  await old.close()
  await older.stop()
  const { client: next, arrive: arriveLater } = onSlowNetwork({ schema: notesSchema({ version: 2 }), seed: 3 })
  next.file = client.file
  const opening = next.open()
  await next.clock.run(100)
  arriveLater()
  await next.clock.run(20_000)
  expect(keys(await opening)).toEqual(['a', 'b'])
})

test('LEAD-1 SESS-1 a leader that is deposed before its code is there answers nobody any more, and ends when it is there', async () => {
  const { client, arrive } = onSlowNetwork()
  await client.open()
  const old = client.host
  const { client: next } = onSlowNetwork({ clock: client.clock, parts: leaderParts })
  next.file = client.file
  const store = await next.open()
  store.commit(add('a'))
  await client.clock.run(10)
  const heard: LeaderMessage[] = []
  old.connect({
    send: ({ message }) => heard.push(message),
    close: () => {},
    listen: (hear) =>
      client.clock.soon(() => hear({ epoch: (store.status.leader.value ?? 0) - 1, message: helloOf(client.schema) })),
  })
  await client.clock.run(10_000)
  expect(heard.map(({ type }) => type)).not.toContain('snapshot')
  expect(client.errors).toEqual([])
  arrive()
  await client.clock.run(10_000)
  expect(heard.at(-1)).toMatchObject({ type: 'failed', error: { code: 'leader/lost' } })
  expect(client.errors).toMatchObject([{ code: 'leader/lost', retry: 'restart' }])
  expect(logged(client)).toEqual(['a'])
})

test('SYNC-2 a file that cannot be read when the code is there is waited for, which is said', async () => {
  let unreadable = false
  const arrival = Promise.withResolvers<LeaderParts>()
  const { client } = onSlowNetwork({ parts: () => arrival.promise, disk: (file) => failing(file, () => unreadable) })
  const store = await client.open()
  const receipt = store.commit(add('a'))
  await client.clock.run(10)
  unreadable = true
  arrival.resolve(leaderParts)
  await client.clock.run(60_000)
  expect(store.status.error.value?.code).toBe('storage/io')
  expect(store.status.waits.value).toMatchObject([{ code: 'storage' }])
  unreadable = false
  await client.clock.run(10_000)
  await receipt.confirmed
  expect([store.status.error.value, store.status.waits.value]).toEqual([null, []])
})

test('DUR-1 damage that shows when the code is there ends the leader, and is noted for the next one', async () => {
  const { client, arrive } = onSlowNetwork()
  const store = await client.open()
  client.file.exec(
    "INSERT INTO livefold_pending (pos, id, name, args, client_id, session_id, parent, at, joined, sum) VALUES (1, 'x.1', 'n', '{}', 'c', 'x', 0, 0, 0, 7)",
  )
  store.commit(add('a'))
  arrive()
  await client.clock.run(10_000)
  expect(client.errors).toMatchObject([{ code: 'storage/corrupt', retry: 'restart' }])
  expect(client.file.prepare("SELECT value FROM livefold_meta WHERE key = 'damaged'").value()).toContain(
    'not as it was written',
  )
  expect(store.status.pending.value).toBe(1)
})

test('BND-1 a leader that is closed asks for its code no more', async () => {
  const { client, asked } = onSlowNetwork()
  const store = await client.open()
  await client.clock.run(1_000)
  await store.close()
  await client.stop()
  const before = asked()
  await client.clock.run(60_000)
  expect(before).toBeGreaterThan(0)
  expect(asked()).toBe(before)
})

test('LOG-1 LOG-4 what there was no room for until the leader’s code came is sent again, in order', async () => {
  const arrival = Promise.withResolvers<LeaderParts>()
  const { client } = onSlowNetwork({ parts: () => arrival.promise })
  const stores = [await client.open(), await client.open()] as const
  const receipts: Receipt[] = []
  const order: string[][] = [[], [], []]
  const commit = async (store: Store, i: number) => {
    const id = `${i}.${order[i]?.push('')}`
    receipts.push(store.commit(add(id)))
    order[i]?.splice(-1, 1, id)
    await client.clock.run(1)
  }
  for (const i of [0, 1, 0]) await commit(stores[i] as Store, i)
  for (let i = 0; i < 50_000; i++) stores[0].renewToken('')
  await client.clock.run(10)
  for (const i of [1, 0]) await commit(stores[i] as Store, i)
  const third = await client.open()
  await commit(third, 2)
  arrival.resolve(leaderParts)
  // Some of these are on their way while the leader asks for all of it.
  for (let i = 0; i < 500; i++) {
    await commit(stores[0], 0)
    await client.clock.run(10)
  }
  await client.clock.run(5_000)
  await Promise.all(receipts.map(({ confirmed }) => confirmed))
  const from = (i: number) => logged(client).filter((id) => String(id).startsWith(`${i}.`))
  expect([0, 1, 2].map(from)).toEqual(order)
  expect(new Set([...stores, third].map((store) => digestOf(store))).size).toBe(1)
})

test('a rebuild whose code does not load ends the leader, for the next one to try', async () => {
  const { client, arrive } = onSlowNetwork()
  arrive()
  const store = await client.open()
  store.commit(events.noteAdded({ id: 'a', text: '' }))
  await client.clock.run(1_000)
  await store.close()
  await client.stop()
  const { client: next } = onSlowNetwork()
  next.file = client.file
  next.schema = notesSchema({ version: 2 })
  next.lead()
  await next.clock.run(1_000)
  expect(next.errors).toMatchObject([{ code: 'leader/lost', retry: 'restart' }])
})

test('BND-1 a leader that is closed while it rebuilds does not go on to the end; the next one begins anew', async () => {
  const client = new TestClient({ schema: notesSchema() })
  const store = await client.open()
  for (let n = 0; n < 6; n++) store.commit(...Array.from({ length: 1_000 }, (_, i) => add(`${n}.${i}`)))
  await client.clock.run(1_000)
  await store.close()
  await client.stop()
  const version = () => client.file.prepare("SELECT value FROM livefold_meta WHERE key = 'version'").value()
  client.schema = notesSchema({ version: 2 })
  client.lead()
  let closed: Promise<void> | null = null
  client.host.connect({
    send({ message }) {
      if (message.type === 'status' && message.status.rebuild) closed ??= client.host.close()
    },
    close() {},
    listen() {},
  })
  await client.clock.run(1_000)
  await (closed ?? expect.unreachable())
  expect([Number(version()), client.errors]).toEqual([1, []])
  client.lead()
  await client.clock.run(1_000)
  expect(Number(version())).toBe(2)
})

test.each(['at once', 'later'])(
  'SYNC-2 a file that cannot be read while upstream is made, its code there %s, keeps it from syncing no longer than that',
  async (when) => {
    let bad = when === 'at once' ? 1 : 0
    const disk = (file: SqliteDriver) =>
      new Proxy(file, {
        get(target, name) {
          const value = Reflect.get(target, name, target)
          if (typeof value !== 'function') return value
          return (...args: unknown[]) => {
            if (name === 'prepare' && String(args[0]).includes('SELECT id FROM livefold_eventlog') && bad-- > 0) {
              throw new StoreError('storage/io', 'disk I/O error', { retry: 'backoff' })
            }
            return value.apply(target, args)
          }
        },
      })
    const arrival = Promise.withResolvers<LeaderParts>()
    const parts = when === 'at once' ? leaderParts : () => arrival.promise
    const client = new TestClient({ schema: notesSchema(), disk, parts })
    client.sync = new TestBackend(client.clock)
    const store = await client.open()
    const receipt = store.commit(events.noteAdded({ id: 'a', text: '' }))
    await client.clock.run(100)
    if (when === 'later') expect(store.status.waits.value).toMatchObject([{ code: 'leader' }])
    if (when === 'later') bad = 1
    arrival.resolve(leaderParts)
    await client.clock.run(100)
    expect(bad).toBeLessThan(1)
    expect(store.status.connection.value).toBe('offline')
    await client.clock.run(60_000)
    await receipt.confirmed
    expect([store.status.error.value, store.status.waits.value]).toEqual([null, []])
    await store.close()
  },
)

function failing(file: SqliteDriver, isBad: () => boolean): SqliteDriver {
  return new Proxy(file, {
    get(target, name) {
      const value = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        if (isBad()) throw new StoreError('storage/io', 'disk I/O error', { retry: 'backoff' })
        return value.apply(target, args)
      }
    },
  })
}

function helloOf({ hash, version }: AnySchema): SessionMessage {
  const nothing = { dbId: null, head: 0, localHead: 0, made: 0, unconfirmed: [] }
  return { type: 'hello', sessionId: 'x', schemaHash: hash, version, ...nothing }
}
