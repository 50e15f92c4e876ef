import { afterEach, expect, test } from 'vitest'
import { StoreError } from '../base/errors.ts'
import { Author, confirmed } from '../replica/testing/author.ts'
import { Replay, rowsOf } from '../replica/testing/replay.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { openMemory } from '../testing/open-wasm.ts'
import { todoEvents as events, todoSchema } from '../testing/todo-schema.ts'
import { takeSnapshot } from './snapshot.ts'
import { boot, loadState } from './testing/boot-file.ts'

const open: SqliteDriver[] = []

afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

function memory(): SqliteDriver {
  const driver = openMemory()
  open.push(driver)
  return driver
}

async function fileWithPending() {
  const driver = memory()
  const author = new Author(todoSchema, 's')
  const state = loadState(driver, todoSchema, await boot(driver, todoSchema))
  const log = [
    author.commit(events.handleSet({ owner: 'ann', handle: 'h' }), events.handleSet({ owner: 'bob', handle: 'i' })),
    author.commit(events.todoPut({ id: 'a', title: 'confirmed', rank: 1 })),
  ]
  const local = author.commit(events.draftPut({ key: 'k', value: 1 }))
  state.apply([
    { type: 'receive', events: [...confirmed(log[0]!, 1), ...confirmed(log[1]!, 3)] },
    { type: 'commit', local: true, events: local },
  ])
  const pending = [
    author.commit(events.handlesSwapped({ a: 'ann', b: 'bob' })),
    author.commit(events.todoDone({ id: 'a', done: true }), events.doneCleared({})),
  ]
  // Two transactions: two undo records.
  for (const commit of pending) state.apply([{ type: 'commit', local: false, events: commit }])
  return { driver, state, log, local, pending }
}

test('STATE-3 a snapshot holds the state at base: pending taken back, local kept, and the file untouched', async () => {
  const { driver, state, log, local, pending } = await fileWithPending()
  const replay = new Replay(memory(), todoSchema)
  const bytes = driver.serialize()
  const image = memory()
  image.deserialize(takeSnapshot(driver, openMemory, todoSchema))

  expect(rowsOf(image, todoSchema)).toEqual(replay.rows(log, [local]))
  expect(state.base).toBe(3)
  expect(driver.serialize()).toEqual(bytes)
  expect(rowsOf(driver, todoSchema)).toEqual(replay.rows(log, pending, [local]))
})

test('a snapshot has the state tables with their indexes, and nothing of the log', async () => {
  const { driver } = await fileWithPending()
  const image = memory()
  image.deserialize(takeSnapshot(driver, openMemory, todoSchema))
  const inFile =
    "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE tbl_name NOT GLOB 'livefold_*' ORDER BY name"
  expect(image.prepare(inFile).values()).toEqual(driver.prepare(inFile).values())
  expect(image.prepare("SELECT count(*) FROM sqlite_schema WHERE tbl_name GLOB 'livefold_*'").value()).toBe(0)
})

test('BND-1 a snapshot leaves no attached database behind, also when it fails', async () => {
  const { driver } = await fileWithPending()
  takeSnapshot(driver, openMemory, todoSchema)
  driver.exec('ALTER TABLE todos RENAME TO other')
  expect(() => takeSnapshot(driver, openMemory, todoSchema)).toThrow(/todos/)
  expect(driver.prepare('PRAGMA database_list').values().flat()).not.toContain('livefold_scratch')
})

test('SYNC-2 a scratch database that a failing medium kept attached is in nobody’s way', async () => {
  const { driver } = await fileWithPending()
  const exec = driver.exec.bind(driver)
  driver.exec = (sql) => {
    if (!sql.startsWith('DETACH')) return exec(sql)
    driver.exec = exec
    throw new StoreError('storage/io', 'The medium fails.')
  }
  expect(() => takeSnapshot(driver, openMemory, todoSchema)).toThrow('The medium fails.')
  expect(takeSnapshot(driver, openMemory, todoSchema).length).toBeGreaterThan(0)
})
