import fc from 'fast-check'
import { expect, test } from 'vitest'
import { minimize } from './shrink.ts'

test('minimize finds the acts that are needed, wherever they stand, and nothing else', async () => {
  const wholes = fc.integer({ min: 1, max: 60 }).chain((size) =>
    fc.record({
      whole: fc.constant(Array.from({ length: size }, (_, i) => i)),
      needed: fc.uniqueArray(fc.integer({ min: 0, max: size - 1 }), { maxLength: 5 }),
    }),
  )
  await fc.assert(
    fc.asyncProperty(wholes, async ({ whole, needed }) => {
      const fails = async (part: readonly number[]) => needed.every((one) => part.includes(one))
      expect(await minimize(whole, fails, () => true)).toEqual([...needed].sort((a, b) => a - b))
    }),
  )
})

test('minimize gives what still fails when its time is up', async () => {
  let runs = 0
  const fails = async (part: readonly number[]) => part.includes(7)
  const kept = await minimize([...Array(100).keys()], fails, () => runs++ < 4)
  expect(kept).toContain(7)
  expect(kept.length).toBeLessThan(100)
})
