import { afterEach, beforeEach, expect, test } from 'vitest'
import type { WriteOperation, WriteSource } from '../sql/write.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { openMemory } from '../testing/open-wasm.ts'
import { places, todoSchema } from '../testing/todo-schema.ts'
import { ChangeCollector } from './change-collector.ts'
import { createStateTables } from './state-tables.ts'

let driver: SqliteDriver
let changes: ChangeCollector

beforeEach(() => {
  driver = openMemory()
  createStateTables(driver, todoSchema)
  changes = new ChangeCollector(driver, todoSchema)
  changes.watch = { columns: (table) => (table === 'places' ? [0, 2] : []) }
})

afterEach(() => {
  changes.close()
  driver.close()
})

function taken() {
  return changes.take()?.find(([table]) => table === 'places')?.[1]
}

test('QRY-1 a changed key counts under both keys, with the values at watched places alone', () => {
  driver.exec(`INSERT INTO places VALUES ('a', 1, '[]')`)
  changes.take()
  driver.exec(`UPDATE places SET y = 2, note = '[1]'`)
  expect(taken()).toEqual([
    { key: ['a', 1], before: Object.assign(new Array(3), { 0: 'a', 2: '[]' }), after: null, partial: false },
    { key: ['a', 2], before: null, after: Object.assign(new Array(3), { 0: 'a', 2: '[1]' }), partial: false },
  ])
})

test('QRY-2 what nets to nothing, and what nobody looks at, is no news', () => {
  driver.exec(`INSERT INTO places VALUES ('a', 1, '[]')`)
  driver.exec(`DELETE FROM places`)
  driver.exec(`INSERT INTO counters VALUES (1, 1)`)
  expect(changes.take()).toBeNull()
})

test('QRY-1 hears of every row of a delete without WHERE, and of a replaced one', () => {
  driver.exec(`INSERT INTO places VALUES ('a', 1, '[]'), ('b', 1, '[]')`)
  changes.take()
  driver.exec(`INSERT OR REPLACE INTO places VALUES ('a', 1, '[2]')`)
  driver.exec('DELETE FROM places')
  expect(taken()).toMatchObject([
    { key: ['a', 1], after: null },
    { key: ['b', 1], after: null },
  ])
})

test('QRY-1 an update by key tells no more than what it sets, where rows are looked at by their keys alone', () => {
  changes.watch = { columns: () => [0, 1, 2], rowsAlone: () => true }
  driver.exec(`INSERT INTO places VALUES ('a', 1, '[]')`)
  changes.take()
  let hooked = true
  const { watch } = driver
  driver.watch = (listener) => {
    hooked = listener !== null
    watch.call(driver, listener)
  }
  const write = (source: WriteSource) => {
    const operation = source.toWrite() as WriteOperation
    changes.beforeWrite(operation)
    driver.prepare(operation.sql).run(operation.binds)
  }
  const set = (note: string[]) => places.update({ note }).where({ x: 'a', y: 1 })

  write(set(['1']))
  expect([hooked, taken()]).toEqual([
    false,
    [{ key: ['a', 1], before: [], after: Object.assign(new Array(3), { 2: '["1"]' }), partial: true }],
  ])

  // What is there and what is gone is told by SQLite, and so is what follows.
  write(places.upsert({ x: 'a', y: 1, note: ['2'] }))
  write(set(['3']))
  expect(taken()).toEqual([{ key: ['a', 1], before: ['a', 1, '["1"]'], after: ['a', 1, '["3"]'], partial: false }])
  write(set(['0']))
  write(places.upsert({ x: 'a', y: 1, note: ['3'] }))
  expect(taken()).toEqual([{ key: ['a', 1], before: [], after: ['a', 1, '["3"]'], partial: false }])
  write(places.delete().where({ x: 'a', y: 1 }))
  write(set(['4']))
  expect(taken()).toEqual([{ key: ['a', 1], before: ['a', 1, '["3"]'], after: null, partial: false }])

  // Written, and taken back: read anew.
  write(set(['5']))
  changes.distrust()
  expect(taken()).toEqual([{ key: ['a', 1], before: [], after: null, partial: false }])
})

test('BND-1 keys touched before base moved are not looked at again', () => {
  for (let i = 0; i < 100; i++) driver.exec(`INSERT INTO places VALUES ('a', ${i}, '[]')`)
  changes.take()
  changes.forget()
  let reads = 0
  const { prepare } = driver
  driver.prepare = (sql, access) => {
    reads += 1
    return prepare.call(driver, sql, access)
  }
  changes.beforeUndo()
  expect([changes.take(), reads]).toEqual([null, 0])
  driver.exec(`INSERT INTO places VALUES ('b', 0, '[]')`)
  changes.take()
  changes.beforeUndo()
  // Before and after.
  expect([changes.take(), reads]).toEqual([null, 2])
})
