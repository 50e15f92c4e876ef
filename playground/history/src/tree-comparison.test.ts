import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareTrees } from './tree-comparison.ts'

const a = { path: 'a', blob: '1' }
const b = { path: 'b', blob: '2' }

describe('tree comparison', () => {
  test('equal rows in another order are equal', async () => {
    expect(await compareTrees([a, b], [b, a])).toEqual({ storeRows: 2, gitRows: 2, differences: 0, first: [] })
  })

  test.each([
    ['a row that git alone has', [a], [a, b], '"b" is 2 in git and missing in the store'],
    ['a row that the store alone has', [a, b], [b], '"a" is 1 in the store and missing in git'],
    ['another blob', [a], [{ path: 'a', blob: '9' }], '"a" is 9 in git and 1 in the store'],
    ['a row twice in the store', [a, a], [a], '"a" is twice in the store'],
  ])('%s is a difference', async (_, store, git, line) => {
    const found = await compareTrees(store, git)
    expect([found.differences, found.first]).toEqual([1, [line]])
  })

  test('any one mutated row is found', async () => {
    const rows = fc.uniqueArray(fc.record({ path: fc.string(), blob: fc.string() }), {
      selector: (row) => row.path,
      minLength: 1,
    })
    await fc.assert(
      fc.asyncProperty(rows, fc.nat(), async (tree, at) => {
        const mutated = tree.map((row, i) => (i === at % tree.length ? { ...row, blob: `${row.blob}!` } : row))
        expect((await compareTrees(mutated, tree)).differences).toBe(1)
      }),
    )
  })

  test('shows ten at most, and counts all', async () => {
    const rows = Array.from({ length: 25 }, (_, i) => ({ path: `p${i}`, blob: '1' }))
    const found = await compareTrees([], rows)
    expect([found.differences, found.first.length]).toEqual([25, 10])
  })

  test('a path cannot write to the terminal', async () => {
    const found = await compareTrees([{ path: 'x\u001b[2J\u009b2J\n', blob: '1' }], [])
    expect(found.first[0]).toBe('"x\\u001b[2J\\u009b2J\\n" is 1 in the store and missing in git')
  })
})
