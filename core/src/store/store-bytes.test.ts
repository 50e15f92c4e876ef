import { expect, test } from 'vitest'
import { z } from 'zod'
import { blob, text } from '../schema/column.ts'
import { event } from '../schema/event.ts'
import { defineEvents, defineSchema } from '../schema/schema.ts'
import { table } from '../schema/table.ts'
import { sql } from '../sql/tagged.ts'
import { TestClient } from '../testing/test-client.ts'
import { world } from './testing/world.ts'

const files = table('files', { id: text().primaryKey(), bytes: blob() })
const events = defineEvents({
  put: event('v1.Put', z.object({ id: z.string(), n: z.number() })),
  patched: event('v1.Patched', z.object({ id: z.string(), n: z.number() })),
})

/** As hashes and encoders write their results. */
const scratch = new Uint8Array(2)
const schema = defineSchema({
  version: 1,
  tables: { files },
  events,
  materializers: {
    put: ({ id, n }) => files.upsert({ id, bytes: scratch.fill(n) }),
    patched: ({ id, n }) => sql`update ${files} set bytes = ${scratch.fill(n)} where id = ${id}`,
  },
})

test('STATE-1 a materializer may use its bytes for another event: what it wrote is what a rebase writes again', async () => {
  const { clock, backend } = world()
  const clients = [1, 2].map((seed) => new TestClient({ schema, clock, seed, sync: backend }))
  const [a, b] = await Promise.all(clients.map((client) => client.open()))
  for (const [store, id] of [
    [a, 'a'],
    [b, 'b'],
  ] as const) {
    store?.commit(events.put({ id, n: 1 }))
    store?.commit(events.put({ id: `${id}2`, n: 1 }))
    store?.commit(events.patched({ id: `${id}2`, n: 2 }))
    store?.commit(events.put({ id: `${id}3`, n: 3 }))
  }
  await clock.run(5_000)
  const rows = ['a', 'b'].flatMap((id) =>
    [1, 2, 3].map((n) => [n === 1 ? id : `${id}${n}`, new Uint8Array([n, n])] as const),
  )
  const states = [a, b].map((store) => store?.query(files).map(({ id, bytes }) => [id, bytes]))
  const inFiles = clients.map(({ file }) => file.prepare('SELECT id, bytes FROM files ORDER BY id').values())
  expect([...states, ...inFiles]).toEqual([rows, rows, rows, rows])
})

test('QRY-1 a query for bytes is for those that it was given', async () => {
  const hashes = table('hashes', { id: blob().primaryKey(), name: text() })
  const named = defineEvents({ named: event('v1.Named', z.object({ n: z.number(), name: z.string() })) })
  const schema = defineSchema({
    version: 1,
    tables: { hashes },
    events: named,
    materializers: { named: ({ n, name }) => hashes.upsert({ id: new Uint8Array([n]), name }) },
  })
  const store = await new TestClient({ schema }).open()
  const id = new Uint8Array(1)
  const heard: unknown[] = []
  for (const n of [1, 2]) {
    id.fill(n)
    store.subscribe(hashes.where({ id }).select('name'), ([row]) => heard.push([n, row?.name]))
  }
  const name = (n: number, to: string) => store.commit(named.named({ n, name: to }))
  name(1, 'one')
  name(2, 'two')
  expect(heard).toEqual([
    [1, undefined],
    [2, undefined],
    [1, 'one'],
    [2, 'two'],
  ])
})
