import { expect, test } from 'vitest'
import { z } from 'zod'
import { text } from '../schema/column.ts'
import { event } from '../schema/event.ts'
import { defineEvents, defineSchema } from '../schema/schema.ts'
import { table } from '../schema/table.ts'
import { world } from './testing/world.ts'

test('LOG-4 a commit made by the schema of an event is refused: both would bear one id', async () => {
  const notes = table('notes', { id: text().primaryKey() })
  let meanwhile = () => {}
  const id = z.string().refine(() => {
    meanwhile()
    return true
  })
  const events = defineEvents({ put: event('v1.Put', z.object({ id })) })
  const schema = defineSchema({
    version: 1,
    tables: { notes },
    events,
    materializers: { put: (row) => notes.upsert(row) },
  })
  const { clock, client, backend } = world()
  const store = await client(backend, schema as never).open()
  let inner: unknown
  meanwhile = () => {
    meanwhile = () => {}
    try {
      store.commit(events.put({ id: 'inner' }))
    } catch (thrown) {
      inner = thrown
    }
  }
  const outer = store.commit(events.put({ id: 'outer' }))
  await clock.run(10_000)
  expect(inner).toMatchObject({ code: 'store/reentrant' })
  await outer.confirmed
  expect(store.query(notes)).toEqual([{ id: 'outer' }])
})
