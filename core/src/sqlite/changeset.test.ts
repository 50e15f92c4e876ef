import sqlite3InitModule from '@sqlite.org/sqlite-wasm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StoreError } from '../base/errors.ts'
import { invertChangeset, readChangeset } from './changeset.ts'
import type { SqliteDriver, SqlValue } from './driver.ts'
import { openWasmDriver } from './open-wasm-driver.ts'

const sqlite3 = await sqlite3InitModule()

const tables = ['items', 'pairs', 'counters']
const create = `CREATE TABLE items (id TEXT PRIMARY KEY, a ANY, b ANY) STRICT, WITHOUT ROWID;
  CREATE TABLE pairs (a ANY, x INTEGER, y TEXT, b ANY, PRIMARY KEY (y, x)) STRICT, WITHOUT ROWID;
  CREATE TABLE counters (a ANY, id INTEGER PRIMARY KEY, b ANY) STRICT`

const key = fc.constantFrom('a', 'b', 'ü')
const value: fc.Arbitrary<SqlValue> = fc.oneof(
  fc.constant(null),
  fc.integer(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double({ noNaN: true }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.uint8Array({ maxLength: 200 }),
)

interface Step {
  readonly sql: string
  readonly binds: readonly SqlValue[]
}

const step: fc.Arbitrary<Step> = fc
  .record({ table: fc.constantFrom(...tables), action: fc.nat(3), key, number: fc.nat(2), a: value, b: value })
  .map(({ table, action, key, number, a, b }) => {
    const keys = table === 'items' ? [key] : table === 'pairs' ? [key, number] : [number]
    const names = table === 'items' ? ['id'] : table === 'pairs' ? ['y', 'x'] : ['id']
    const where = names.map((name) => `${name} = ?`).join(' AND ')
    if (action === 0) return { sql: `DELETE FROM ${table} WHERE ${where}`, binds: keys }
    if (action === 1) return { sql: `UPDATE ${table} SET a = ? WHERE ${where}`, binds: [a, ...keys] }
    if (action === 2) return { sql: `UPDATE ${table} SET a = ?, b = ? WHERE ${where}`, binds: [a, b, ...keys] }
    const columns = [...names, 'a', 'b']
    const marks = columns.map(() => '?').join(', ')
    return { sql: `INSERT OR REPLACE INTO ${table} (${columns.join(', ')}) VALUES (${marks})`, binds: [...keys, a, b] }
  })

function rowsOf(driver: SqliteDriver): Map<string, SqlValue[]> {
  const rows = new Map<string, SqlValue[]>()
  for (const table of tables) {
    const keyPlaces = table === 'items' ? [0] : table === 'pairs' ? [2, 1] : [1]
    for (const row of driver.prepare(`SELECT * FROM ${table}`).values()) {
      rows.set(`${table} ${keyPlaces.map((place) => row[place]).join(' ')}`, row)
    }
  }
  return rows
}

function recorded(
  steps: readonly Step[],
  more: readonly Step[],
  check: (driver: SqliteDriver, change: Change) => void,
) {
  const driver = openWasmDriver(sqlite3)
  try {
    driver.exec(create)
    for (const { sql, binds } of steps) driver.prepare(sql).run(binds)
    const before = rowsOf(driver)
    const recorder = driver.record(tables)
    for (const { sql, binds } of more) driver.prepare(sql).run(binds)
    const changeset = recorder.changeset()
    recorder.close()
    check(driver, { changeset, before, after: rowsOf(driver) })
  } finally {
    driver.close()
  }
}

interface Change {
  readonly changeset: Uint8Array
  readonly before: Map<string, SqlValue[]>
  readonly after: Map<string, SqlValue[]>
}

const steps = fc.array(step, { maxLength: 12 })

describe('changeset', () => {
  it('STATE-3 inverts byte for byte as SQLite does', () => {
    fc.assert(
      fc.property(steps, steps, (first, second) => {
        recorded(first, second, (driver, { changeset }) => {
          const inverted = invertChangeset(changeset)
          expect(inverted).toEqual(driver.invert(changeset))
          expect(invertChangeset(inverted)).toEqual(changeset)
        })
      }),
      { numRuns: 100 },
    )
  }, 30_000)

  it('STATE-3 applied inverted it gives the rows from before', () => {
    fc.assert(
      fc.property(steps, steps, (first, second) => {
        recorded(first, second, (driver, { changeset, before }) => {
          driver.apply(invertChangeset(changeset))
          expect(rowsOf(driver)).toEqual(before)
        })
      }),
      { numRuns: 100 },
    )
  }, 30_000)

  it('reads exactly the rows that differ, with their keys and values', () => {
    fc.assert(
      fc.property(steps, steps, (first, second) => {
        recorded(first, second, (_driver, { changeset, before, after }) => {
          const heard = new Set<string>()
          for (const { table, columns, rows } of readChangeset(changeset)) {
            for (const row of rows) {
              const name = `${table} ${row.key.join(' ')}`
              heard.add(name)
              const old = before.get(name)
              const now = after.get(name)
              expect(row.kind).toBe(old ? (now ? 'update' : 'delete') : 'insert')
              for (let column = 0; column < columns; column++) {
                const known = row.before?.[column]
                if (known !== undefined) expect(known).toEqual(old?.[column])
                const next = row.after?.[column]
                if (next !== undefined) expect(next).toEqual(now?.[column])
                if (row.kind === 'update' && next === undefined) expect(now?.[column]).toEqual(old?.[column])
              }
            }
          }
          for (const name of new Set([...before.keys(), ...after.keys()])) {
            if (heard.has(name)) continue
            expect(after.get(name)).toEqual(before.get(name))
          }
        })
      }),
      { numRuns: 100 },
    )
  }, 30_000)

  it('calls damaged bytes storage/corrupt, and never hangs or reads beyond them', () => {
    recorded([], [{ sql: "INSERT INTO items VALUES ('a', 1, 'text')", binds: [] }], (_driver, { changeset }) => {
      fc.assert(
        fc.property(fc.nat(changeset.length - 1), fc.nat(255), fc.boolean(), (at, byte, cut) => {
          const damaged = cut ? changeset.slice(0, at) : changeset.slice()
          if (!cut) damaged[at] = byte
          for (const use of [readChangeset, invertChangeset]) {
            try {
              use(damaged)
            } catch (error) {
              expect(error instanceof StoreError && error.code).toBe('storage/corrupt')
            }
          }
        }),
      )
      expect(() => readChangeset(changeset.slice(0, -1))).toThrow(StoreError)
      expect(() => invertChangeset(Uint8Array.of(0x54))).toThrow(StoreError)
    })
  })

  it('has nothing to say of no bytes', () => {
    expect(readChangeset(new Uint8Array(0))).toEqual([])
    expect(invertChangeset(new Uint8Array(0))).toEqual(new Uint8Array(0))
  })
})
