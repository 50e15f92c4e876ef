import { expect, it } from 'vitest'
import { openMemory } from '../testing/open-wasm.ts'
import { todoSchema } from '../testing/todo-schema.ts'
import { ChangeCollector } from './change-collector.ts'
import { anyRow, UnknownChanges } from './row-changes.ts'
import { createStateTables } from './state-tables.ts'

it('QRY-1 until a collector can tell which rows, any row may have changed; so it is for an undo of what the collector did not see', () => {
  const driver = openMemory()
  createStateTables(driver, todoSchema)
  let loaded = false
  let asked = 0
  const watch = {
    columns() {
      asked++
      return [0]
    },
  }
  const unknown = new UnknownChanges(driver, todoSchema, () => (loaded ? ChangeCollector : null))
  unknown.watch = watch
  expect(unknown.take()).toBeNull()
  unknown.beforeWrite()
  expect([asked, unknown.take(), unknown.take()]).toEqual([1, anyRow, null])
  unknown.beforeUndo()
  expect(unknown.take()).toBe(anyRow)
  expect(unknown.next(false)).toBe(unknown)

  loaded = true
  const collector = unknown.next(false)
  expect([collector.next(false), collector.watch]).toEqual([collector, watch])
  collector.beforeUndo()
  expect([collector.take(), collector.take()]).toEqual([anyRow, null])
  collector.forget()
  collector.beforeUndo()
  expect(collector.take()).toBeNull()
  const atBase = unknown.next(true)
  atBase.beforeUndo()
  expect(atBase.take()).toBeNull()
  atBase.close()
  driver.close()
})
