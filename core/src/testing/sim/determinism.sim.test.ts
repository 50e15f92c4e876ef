import { expect, test } from 'vitest'
import { loadSimSqlite } from './sim-sqlite.ts'
import { World } from './world.ts'

const openMemory = await loadSimSqlite()

test.each([3, 17, 127, 422])('the same seed twice gives the same trace: %i', async (seed) => {
  const first = await new World({ seed, openMemory }).run()
  expect(await new World({ seed, openMemory }).run()).toEqual(first)
})

test('other seeds give other traces, and every world has its 150 events', async () => {
  const results = []
  for (const seed of [1, 2, 3, 4, 5]) results.push(await new World({ seed, openMemory }).run())
  expect(new Set(results.map((result) => result.trace)).size).toBe(5)
  for (const result of results) expect(result.events).toBeGreaterThanOrEqual(150)
})
