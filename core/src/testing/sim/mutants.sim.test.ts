import { expect, test } from 'vitest'
import { mutants } from './mutants.ts'
import { runControl, runMutant } from './run-mutant.ts'

// All of them: `npm run mutants`, a step of its own in `npm test`. This one shows that a world can fail.
test('the mutant "wrong rollback order" is caught by its own rule', async () => {
  const mutant = mutants.find(({ name }) => name === 'wrong rollback order')
  const report = await runMutant(mutant!)
  expect(report).toMatchObject({ seed: expect.any(Number), trouble: '' })
  expect(await runControl([report])).toEqual({ found: [], trouble: '' })
})

test('mutants have names of their own, and at least one for each rule that worlds check', () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
  const rules = new Set(mutants.map(({ rule }) => rule))
  expect([...rules]).toEqual(
    expect.arrayContaining([
      'LOG-1',
      'LOG-3',
      'LOG-4',
      'STATE-1',
      'STATE-2',
      'STATE-3',
      'STATE-5',
      'SESS-1',
      'QRY-1',
      'QRY-2',
    ]),
  )
  expect([...rules]).toEqual(expect.arrayContaining(['SYNC-2', 'LEAD-1', 'DUR-1', 'BND-1']))
})
