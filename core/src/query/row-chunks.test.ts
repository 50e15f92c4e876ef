import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Row } from '../sqlite/driver.ts'
import { RowChunks } from './row-chunks.ts'

const rowsUpTo = (count: number): Row[] => Array.from({ length: count }, (_, i) => ({ n: i * 2 }))
const order = (n: number) => (row: Row) => (row.n as number) - n

it('is an array that takes and loses rows: over random lengths and changes, across many chunks', () => {
  const change = fc.record({
    kind: fc.constantFrom('insert', 'remove', 'replace'),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  // Bursts at one place fill and empty chunks.
  const burst = fc.tuple(change, fc.constantFrom(1, 3, 300))
  fc.assert(
    fc.property(fc.constantFrom(0, 1, 255, 256, 257, 1500), fc.array(burst, { maxLength: 12 }), (count, bursts) => {
      const expected = rowsUpTo(count)
      const chunks = new RowChunks(expected)
      for (const [{ kind, share }, times] of bursts) {
        for (let i = 0; i < times; i++) {
          const place = Math.floor(share * (expected.length + (kind === 'insert' ? 1 : 0)))
          const row = { n: -1 }
          if (kind === 'insert' && place <= expected.length) {
            expected.splice(place, 0, row)
            chunks.insert(place, row)
          } else if (kind === 'remove' && place < expected.length) {
            expected.splice(place, 1)
            chunks.remove(place)
          } else if (kind === 'replace' && place < expected.length) {
            expected[place] = row
            chunks.replace(place, row)
          }
        }
      }
      expect(chunks.length).toBe(expected.length)
      expect(chunks.toArray()).toEqual(expected)
      for (let place = 0; place < expected.length; place += 97) expect(chunks.at(place)).toBe(expected[place])
    }),
    { numRuns: 100 },
  )
})

it('finds the place of a row, there or not', () => {
  const chunks = new RowChunks(rowsUpTo(1000))
  for (const n of [-1, 0, 1, 510, 511, 512, 513, 1997, 1998, 1999]) {
    expect(chunks.placeOf(order(n))).toBe(Math.max(0, Math.ceil(n / 2)))
  }
  expect(new RowChunks([]).placeOf(order(1))).toBe(0)
})
