import { expect, test } from 'vitest'
import { StoreError } from '../base/errors.ts'
import * as leaderParts from '../leader-parts.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { events, notes, notesSchema } from '../store/testing/notes-schema.ts'
import { TestBackend } from '../testing/test-backend.ts'
import { TestClient } from '../testing/test-client.ts'
import type { LeaderParts } from './leader-parts.ts'

/** A client whose leader's parts come from elsewhere: not at all, until `arrive` is called. */
function onSlowNetwork() {
  let asked = 0
  let there = false
  const parts = async (): Promise<LeaderParts> => {
    asked += 1
    if (!there) throw new TypeError('Failed to fetch dynamically imported module')
    return leaderParts
  }
  const client = new TestClient({ schema: notesSchema(), parts })
  client.sync = new TestBackend(client.clock)
  return { client, asked: () => asked, arrive: () => (there = true) }
}

test('SYNC-2 a leader whose code to sync does not load serves its sessions, says so, and syncs once it is there', async () => {
  const { client, arrive } = onSlowNetwork()
  const store = await client.open()
  const receipt = store.commit(events.noteAdded({ id: 'a', text: '' }))
  await client.clock.run(1_000)
  await receipt.acked
  expect(store.query(notes)).toHaveLength(1)
  expect(store.status.connection.value).toBe('offline')
  expect(store.status.error.value).toMatchObject({
    code: 'leader/lost',
    message: expect.stringContaining('cannot be loaded'),
  })
  arrive()
  await client.clock.run(10_000)
  await receipt.confirmed
  expect(store.status.connection.value).toBe('online')
  expect(store.status.error.value).toBe(null)
  await store.close()
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
    if (when === 'later') expect(store.status.waits.value).toMatchObject([{ code: 'backend' }])
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
