import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createStore, defineEvents, defineSchema, event, table, text } from '@livefold/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { nodeAdapter } from './index.ts'

const notes = table('notes', { id: text().primaryKey(), body: text() })
const events = defineEvents({ added: event('v1.Added', z.object({ id: z.string(), body: z.string() })) })

function schemaThat(change: (body: string) => string) {
  return defineSchema({
    version: 1,
    tables: { notes },
    events,
    materializers: { added: ({ id, body }) => notes.upsert({ id, body: change(body) }) },
  })
}

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'livefold-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

async function open(change: (body: string) => string) {
  return createStore({ schema: schemaThat(change), storeId: 's', adapter: nodeAdapter({ directory }) })
}

test('STATE-1 in development a materializer that was changed without a new version is reported', async () => {
  const store = await open((body) => body)
  await store.commit(events.added({ id: 'a', body: 'x' })).confirmed
  await store.close()

  const same = await open((body) => body)
  await same.commit(events.added({ id: 'b', body: 'y' })).confirmed
  expect(same.status.error.value).toBeNull()
  await same.close()

  const changed = await open((body) => body.toUpperCase())
  await expect.poll(() => changed.status.error.value?.code).toBe('schema/invalid')
  expect(changed.status.error.value?.message).toContain('raise `version`')
  await changed.close()
})

test('STATE-1 state tables that someone wrote to are rebuilt from the log', async () => {
  const store = await open((body) => body)
  await store.commit(events.added({ id: 'a', body: 'x' })).confirmed
  await store.close()

  // An undo record that does not fit its tables: a changeset that updates a row which is not there.
  const file = new DatabaseSync(join(directory, 's.sqlite'))
  file.exec("CREATE TEMP TABLE keep AS SELECT * FROM notes; INSERT INTO notes VALUES ('ghost', 'before')")
  const session = file.createSession({ table: 'notes' })
  file.exec("UPDATE notes SET body = 'after' WHERE id = 'ghost'")
  const changeset = session.changeset()
  session.close()
  file.exec("DELETE FROM notes WHERE id = 'ghost'; UPDATE livefold_meta SET value = 0 WHERE key = 'base'")
  file
    .prepare("INSERT INTO livefold_undo VALUES (1, (SELECT json_array(id) FROM livefold_eventlog), '{}', ?)")
    .run(changeset)
  file.close()

  const again = await open((body) => body)
  expect(again.query(notes.where({ id: 'a' }).first())).toEqual({ id: 'a', body: 'x' })
  expect(again.query(notes.count())).toBe(1)
  await again.commit(events.added({ id: 'b', body: 'y' })).confirmed
  await again.close()
})
