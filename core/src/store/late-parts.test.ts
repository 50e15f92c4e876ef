import { expect, test } from 'vitest'
import * as sessionParts from '../session-parts.ts'
import { TestBackend } from '../testing/test-backend.ts'
import { TestClient } from '../testing/test-client.ts'
import type { SessionParts } from './adapter.ts'
import { digestOf } from './digest-of.ts'
import type { Store } from './store.ts'
import { events, notes, notesSchema } from './testing/notes-schema.ts'

/** A client whose sessions' parts come from elsewhere: while they are there, and where not they are asked for every 5 s. */
function onSlowNetwork(there = false) {
  let asked = 0
  const client = new TestClient({
    schema: notesSchema(),
    sessionParts: async (): Promise<SessionParts> => {
      asked += 1
      if (!there) throw new TypeError('Failed to fetch dynamically imported module')
      return sessionParts
    },
  })
  client.sync = new TestBackend(client.clock)
  const set = (now: boolean) => {
    there = now
  }
  return { client, asked: () => asked, arrive: () => set(true), vanish: () => set(false) }
}

const add = (id: string) => events.noteAdded({ id, text: '' })
const ids = (store: Store) => store.query(notes.orderBy('id')).map(({ id }) => id)

test('SESS-1 SYNC-2 a session whose code does not load reads and commits, says so, and is in step once it is there', async () => {
  const { client, arrive } = onSlowNetwork()
  const late = await client.open()
  arrive()
  const other = await client.open()
  const errors: string[] = []
  late.on('error', ({ code }) => errors.push(code))
  const receipt = late.commit(add('b'))
  await client.clock.run(1_000)
  other.commit(add('a'), add('c'))
  other.commit(add('d'))
  await client.clock.run(1_000)
  expect([ids(other), ids(late)]).toEqual([['a', 'b', 'c', 'd'], ['b']])
  let acked = false
  void receipt.acked.then(() => {
    acked = true
  })
  expect(late.status.error.value).toMatchObject({
    code: 'leader/lost',
    message: expect.stringContaining('cannot be loaded'),
  })
  expect([acked, late.status.pending.value]).toEqual([false, 1])
  await client.clock.run(5_000)
  await receipt.confirmed
  expect(ids(late)).toEqual(['a', 'b', 'c', 'd'])
  expect([digestOf(late), late.status.pending.value, late.status.error.value]).toEqual([digestOf(other), 0, null])
  expect(errors).toEqual([])
})

test('LOG-1 what is pending, confirmed or told by another leader before the code is there comes once', async () => {
  const { client, arrive, vanish } = onSlowNetwork(true)
  const { sync } = client
  const first = await client.open()
  first.commit(add('x'))
  await client.clock.run(1_000)
  client.sync = { name: 'silent', ordered: true, connect: () => ({ send: () => {}, close: () => {} }) }
  await client.crash()
  first.commit(add('y'))
  first.commit(add('z'))
  await client.clock.run(1_000)
  vanish()
  const late = await client.open()
  expect(ids(late)).toEqual(['x', 'y', 'z'])
  late.commit(add('w'))
  client.sync = sync
  await client.crash()
  arrive()
  await client.clock.run(10_000)
  expect([ids(first), ids(late)]).toEqual([
    ['w', 'x', 'y', 'z'],
    ['w', 'x', 'y', 'z'],
  ])
  expect([first.status.pending.value, late.status.upstreamHead.value]).toEqual([0, 4])
})

test('events() waits for its code, and ends with the store', async () => {
  const { client, arrive } = onSlowNetwork()
  const store = await client.open()
  const seen: string[] = []
  const reading = (async () => {
    for await (const event of store.events()) seen.push((event.args as { id: string }).id)
  })()
  store.commit(add('a'))
  await client.clock.run(1_000)
  expect(seen).toEqual([])
  arrive()
  await client.clock.run(10_000)
  expect(seen).toEqual(['a'])
  await store.close()
  await reading
})

test('BND-1 a store that is closed before its code is there asks for it no more, and its readers end', async () => {
  const { client, asked } = onSlowNetwork()
  const store = await client.open()
  const reading = store.events().next()
  const closing = store.close()
  await client.clock.run(10_000)
  await closing
  expect(await reading).toEqual({ done: true, value: undefined })
  const before = asked()
  await client.clock.run(60_000)
  expect(asked()).toBe(before)
  expect(client.clock.pending).toBe(0)
})

test('a session that has to fold the log, and whose code does not load, says why it does not open', async () => {
  const { client } = onSlowNetwork()
  const leading = await client.open()
  leading.commit(add('a'))
  await client.clock.run(1_000)
  const opening = client.open({ schema: notesSchema({ version: 2 }) })
  const failed = expect(opening).rejects.toMatchObject({
    code: 'leader/lost',
    message: expect.stringContaining('cannot be loaded'),
  })
  await client.clock.run(40_000)
  await failed
})
