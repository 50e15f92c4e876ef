import sqlite3InitModule from '@sqlite.org/sqlite-wasm'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { SqlValue } from '../sqlite/driver.ts'
import { openWasmDriver } from '../sqlite/open-wasm-driver.ts'
import type { Sqlite3Static } from '../sqlite/sqlite3.ts'
import { Undecided } from './maintained.ts'
import { compareStored } from './stored-order.ts'

const driver = openWasmDriver((await sqlite3InitModule()) as unknown as Sqlite3Static)

const character = fc.constantFrom(
  '',
  'a',
  'b',
  'é',
  '\u0000',
  '\ud7ff',
  '\ue000',
  '\uff5e',
  '\uffff',
  '\u{10000}',
  '\u{1f600}',
)
const values: fc.Arbitrary<SqlValue>[] = [
  fc.array(character, { maxLength: 4 }).map((parts) => parts.join('')),
  fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.maxSafeInteger(),
    fc.constantFrom(2n ** 53n, 2n ** 53n + 1n, 0),
  ),
  fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, -0, 1)),
  fc.uint8Array({ maxLength: 3 }),
]

it('QRY-1 stored values compare as SQLite orders them', () => {
  for (const value of values) {
    const pair = fc.tuple(fc.option(value), fc.option(value))
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const [row] = driver.prepare('select ?1 is ?2, ifnull(?1 < ?2, ?1 is null)').values([a, b])
        const sign = row?.[0] === 1 ? 0 : row?.[1] === 1 ? -1 : 1
        expect([Math.sign(compareStored(a, b)) + 0, a, b]).toEqual([sign, a, b])
      }),
      { numRuns: 500 },
    )
  }
})

it('does not judge text whose bytes it cannot know, nor dates without a time', () => {
  expect(() => compareStored('a\ufffd', 'a\ufffd')).toThrow(Undecided)
  expect(() => compareStored(Number.NaN, 1)).toThrow(Undecided)
  expect(compareStored('a\ufffd', 'b')).toBeLessThan(0)
})
