import { expect, test } from 'vitest'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { openMemory } from '../testing/open-wasm.ts'
import { TestClient } from '../testing/test-client.ts'
import { digestOf } from './digest-of.ts'
import { notes, notesSchema } from './testing/notes-schema.ts'
import { add } from './testing/world.ts'

test('SESS-1 where memory runs out in a commit, it throws, and the state comes back whole', async () => {
  const client = new TestClient({ schema: notesSchema() })
  const replicas: SqliteDriver[] = []
  const connect = client.connect.bind(client)
  client.connect = async (options) => ({
    ...(await connect(options)),
    openReplica() {
      const replica = openMemory()
      replicas.push(replica)
      return replica
    },
  })
  const store = await client.open()
  const told: string[] = []
  store.on('error', ({ code }) => told.push(code))
  const kept = store.commit(add('a'), add('b'))
  replicas[0]?.exec('PRAGMA max_page_count = 20')
  expect(() => store.commit(add('c', 'x'.repeat(200_000)))).toThrow(expect.objectContaining({ code: 'storage/full' }))
  expect(told).toEqual(['storage/full'])
  await client.clock.run(2_000)
  await kept.confirmed
  const after = store.commit(add('d'))
  expect(store.query(notes.orderBy('id')).map(({ id }) => id)).toEqual(['a', 'b', 'd'])
  await client.clock.run(1_000)
  await after.confirmed
  expect(digestOf(store)).toBe(digestOf(await client.open()))
})
