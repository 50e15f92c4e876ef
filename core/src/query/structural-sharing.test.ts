import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sameValue, shareEqual } from './same-value.ts'
import { shareRow, shareRows } from './structural-sharing.ts'

it('compares dates by time, blobs by bytes, JSON by depth, the rest by Object.is', () => {
  const equal: [unknown, unknown][] = [
    [new Date(1), new Date(1)],
    [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
    [{ a: [1, { b: null }] }, { a: [1, { b: null }] }],
    [Number.NaN, Number.NaN],
    [1n, 1n],
  ]
  const different: [unknown, unknown][] = [
    [new Date(1), new Date(2)],
    [new Date(0), {}],
    [new Uint8Array([1]), new Uint8Array([1, 2])],
    [new Uint8Array(), []],
    [[], {}],
    [[1], { 0: 1 }],
    [{ a: undefined }, { b: undefined }],
    [{ a: 1 }, { a: 1, b: 2 }],
    [null, 'null'],
    [null, {}],
    [0, false],
    [1, 1n],
    [1, '1'],
  ]
  for (const [a, b] of equal) expect(sameValue(a, b)).toBe(true)
  for (const [a, b] of different) expect([sameValue(a, b), sameValue(b, a)]).toEqual([false, false])
})

it('keeps equal JSON of a changed row', () => {
  const before = { id: 'a', n: 1, tags: ['x'] }
  const after = shareRow(before, { id: 'a', n: 2, tags: ['x'] })
  expect(after).toEqual({ id: 'a', n: 2, tags: ['x'] })
  expect(after.tags).toBe(before.tags)
})

it('pairs rows without identity by position', () => {
  const rows = [{ n: 1 }, { n: 2 }]
  const next = shareRows(rows, [{ n: 1 }, { n: 3 }, { n: 2 }], null)
  expect([next[0] === rows[0], next[1] === rows[1], next[2] === rows[1]]).toEqual([true, false, false])
  expect(shareRows(rows, [{ n: 1 }, { n: 2 }], null)).toBe(rows)
  expect(shareRows(rows, [{ n: 1 }], null)).toEqual([{ n: 1 }])
})

it('QRY-2 gives equal content always, and the old object exactly for rows that were there before', () => {
  const part = fc.constantFrom<unknown>('a', 'b', 1, '1', null, new Date(0), new Uint8Array([0]), '0')
  const anyRow = fc.record({ k: part, l: part, n: fc.nat(1) })
  const key = (row: { k: unknown; l: unknown }) => JSON.stringify([row.k, row.l, typeof row.k, typeof row.l])
  const anyRows = fc.uniqueArray(anyRow, { selector: key })
  fc.assert(
    fc.property(anyRows, anyRows, (previous, drawn) => {
      const next = structuredClone(drawn)
      const expected = structuredClone(drawn)
      const shared = shareRows(previous, next, ['k', 'l'])
      expect(shared).toEqual(expected)
      for (const row of shared as typeof next) {
        const twin = previous.find((other) => key(other) === key(row))
        expect(row === twin).toBe(twin !== undefined && twin.n === row.n)
      }
      const same = previous.length === drawn.length && shared.every((row, i) => row === previous[i])
      expect(shared === previous).toBe(same)
    }),
  )
})

it('QRY-2 before its code is there equal rows are the earlier ones, wherever they stand', () => {
  const rows = [
    { id: 'a', at: new Date(0) },
    { id: 'b', n: 1n },
    { id: 'c', tags: ['x'] },
  ]
  expect(shareEqual(rows, structuredClone(rows))).toBe(rows)
  const next = structuredClone([{ id: 'new' }, rows[0], { id: 'b', n: 2n }, rows[2]])
  const shared = shareEqual(rows, next) as unknown[]
  expect(shared).toEqual(next)
  expect(shared.map((row) => rows.indexOf(row as never))).toEqual([-1, 0, -1, 2])
  // Only rows are looked for by their JSON: what it does not tell apart is compared.
  expect(shareEqual([{ at: new Date(0) }], [{ at: new Date(0).toJSON() }, 1])).toEqual([
    { at: new Date(0).toJSON() },
    1,
  ])
  expect([shareEqual(undefined, undefined), shareEqual(1, 2), shareEqual(rows[0], undefined)]).toEqual([
    undefined,
    2,
    undefined,
  ])
})
