import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { StoreError } from '../base/errors.ts'
import { whyNotJson } from '../base/json.ts'
import { pinsOf } from '../sql/pins.ts'
import { planOf } from '../sql/plan.ts'
import { anyText } from '../sql/testing/any-text.ts'
import { TestDatabase } from '../sql/testing/database.ts'
import { writesOf } from '../sql/write.ts'
import { bigint, blob, boolean, integer, json, real, text, timestamp } from './column.ts'
import { table } from './table.ts'

const all = table('all', {
  id: integer().primaryKey(),
  text: text(),
  integer: integer(),
  real: real(),
  boolean: boolean(),
  timestamp: timestamp(),
  json: json(),
  blob: blob(),
  bigint: bigint(),
  maybe: json().nullable(),
})

const noNegativeZero = (value: number) => (value === 0 ? 0 : value)
const jsonValue = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown)
  // fast-check likes the key "__proto__", which is refused.
  .filter((value) => whyNotJson(value) === null)

const row = fc.record({
  id: fc.maxSafeInteger().map(noNegativeZero),
  text: anyText().map((value) => value.toWellFormed()),
  integer: fc.maxSafeInteger().map(noNegativeZero),
  real: fc.double({ noNaN: true, noDefaultInfinity: true }).map(noNegativeZero),
  boolean: fc.boolean(),
  timestamp: fc.date({ noInvalidDate: true }),
  json: jsonValue,
  blob: fc.uint8Array(),
  bigint: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  maybe: jsonValue,
})

describe('columns', () => {
  test('every value comes back from SQLite as it went in', () => {
    const database = new TestDatabase(all)
    fc.assert(
      fc.property(row, (values) => {
        database.write([all.delete(), all.insert(values)])
        expect(database.query(all.first())).toEqual(values)
      }),
      { numRuns: 200 },
    )
  })

  test('stored forms: 0 and 1, milliseconds, JSON text, integers', () => {
    const database = new TestDatabase(all)
    const values = { id: 1, text: 't', integer: 2, real: 3, blob: new Uint8Array([1]), bigint: 4n, maybe: null }
    database.write(all.insert({ ...values, boolean: true, timestamp: new Date(5), json: null }))
    const types = ['boolean', 'timestamp', 'json', 'bigint', 'maybe']
      .map((name) => `${name}, typeof(${name})`)
      .join(', ')
    expect(database.stored(`select ${types} from "all"`)).toEqual([
      [1, 'integer', 5, 'integer', 'null', 'text', 4, 'integer', null, 'null'],
    ])
  })

  test.each([
    ['text', 1],
    ['text', null],
    ['integer', 1.5],
    ['integer', 2 ** 53],
    ['integer', 1n],
    ['integer', '1'],
    ['real', Number.NaN],
    ['real', Number.POSITIVE_INFINITY],
    ['boolean', 1],
    ['timestamp', 1],
    ['timestamp', new Date(Number.NaN)],
    ['json', new Date()],
    ['json', { a: undefined }],
    ['blob', [1]],
    ['blob', new ArrayBuffer(1)],
    ['bigint', 1],
    ['bigint', 2n ** 63n],
  ])('%s refuses %s, naming table and column', (name, value) => {
    const column = all.columns.find((one) => one.name === name)
    let thrown: unknown
    try {
      column?.encode(value)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(StoreError)
    expect(thrown).toMatchObject({ code: 'materializer/failed', message: expect.stringContaining(`all.${name}`) })
  })

  test('text without UTF-8 form is stored as SQLite would, so that keys equal what is stored', () => {
    const names = table('names', { id: text().primaryKey() })
    const database = new TestDatabase(names)
    database.write(names.insert({ id: 'a\ud800' }))
    expect(database.query(names)).toEqual([{ id: 'a\ufffd' }])
    expect(writesOf(names.insert({ id: 'a\ud800' }))[0]?.key).toEqual(['a\ufffd'])
    expect(pinsOf(planOf(names.where({ id: 'a\ud800' })))?.[0]?.values).toEqual(['a\ufffd'])
    expect(database.query(names.where({ id: 'a\ud800' }).count())).toBe(1)
  })

  test('defaults are applied, of every kind', () => {
    const defaults = table('defaults', {
      id: integer().primaryKey(),
      text: text().default('it\'s \0 "é"'),
      real: real().default(-1.5e-7),
      boolean: boolean().default(true),
      timestamp: timestamp().default(new Date(7)),
      json: json<unknown>().default({ a: ["'"] }),
      blob: blob().default(new Uint8Array([0, 255])),
      bigint: bigint().default(-(2n ** 63n)),
      nullable: text().nullable().default('x'),
    })
    const database = new TestDatabase(defaults)
    database.write(defaults.insert({ id: 1, text: undefined }))
    expect(database.query(defaults.first())).toEqual({
      id: 1,
      text: 'it\'s \0 "é"',
      real: -1.5e-7,
      boolean: true,
      timestamp: new Date(7),
      json: { a: ["'"] },
      blob: new Uint8Array([0, 255]),
      bigint: -(2n ** 63n),
      nullable: 'x',
    })
  })
})
