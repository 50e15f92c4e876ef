import sqlite3InitModule from '@sqlite.org/sqlite-wasm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { driverConformance } from '../testing/conformance/driver.ts'
import type { SqlValue } from './driver.ts'
import { openWasmDriver } from './open-wasm-driver.ts'
import type { Pointer, Sqlite3Exports, Sqlite3Static } from './sqlite3.ts'

const sqlite3 = await sqlite3InitModule()

/** The module with some exports replaced. */
function withExports(replaced: (x: Sqlite3Exports) => Partial<Sqlite3Exports>): Sqlite3Static {
  const { wasm } = sqlite3 as Sqlite3Static
  const exports = { ...(wasm.exports as Sqlite3Exports) }
  return {
    wasm: {
      exports: { ...exports, ...replaced(exports) },
      memory: wasm.memory,
      installFunction: (signature, implementation) => wasm.installFunction(signature, implementation),
      uninstallFunction: (pointer) => wasm.uninstallFunction(pointer),
    },
  }
}

/** As if SQLite's cells lay otherwise in memory than we know. */
const otherLayout = withExports((x) => ({
  sqlite3_column_value: (statement, column) => x.sqlite3_column_value(statement, column) + 1,
  sqlite3_value_type: (value) => x.sqlite3_value_type(value & ~1),
  sqlite3_value_double: (value) => x.sqlite3_value_double(value & ~1),
  sqlite3_value_int64: (value) => x.sqlite3_value_int64(value & ~1),
  sqlite3_value_bytes: (value) => x.sqlite3_value_bytes(value & ~1),
  sqlite3_value_text: (value) => x.sqlite3_value_text(value & ~1),
  sqlite3_value_blob: (value) => x.sqlite3_value_blob(value & ~1),
}))

driverConformance('wasm', () => openWasmDriver(sqlite3), { describe, it, expect })
driverConformance('wasm, cells by calls', () => openWasmDriver(otherLayout), { describe, it, expect })
driverConformance('wasm, before its parts', () => openWasmDriver(sqlite3, ':memory:', { parts: () => null }), {
  describe,
  it,
  expect,
})

describe('openWasmDriver', () => {
  it('reads cells from memory with the SQLite we ship: no call for each', () => {
    let calls = 0
    const counting = withExports((x) => ({
      sqlite3_value_type: (value: Pointer) => {
        calls++
        return x.sqlite3_value_type(value)
      },
    }))
    const driver = openWasmDriver(counting)
    const statement = driver.prepare("SELECT 1, 2.5, 'text', NULL")
    // The first read compares the layout with what the calls say.
    statement.values()
    expect(calls).toBeGreaterThan(0)
    calls = 0
    expect(statement.values()).toEqual([[1, 2.5, 'text', null]])
    expect(calls).toBe(0)
    driver.close()
  })

  it('reads any mix of cells as they were written, from memory and by calls', () => {
    const cell: fc.Arbitrary<SqlValue> = fc.oneof(
      fc.constant(null),
      fc.integer(),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true }),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.string({ unit: 'grapheme-ascii', maxLength: 90 }),
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.uint8Array({ maxLength: 50 }),
    )
    const drivers = [
      openWasmDriver(sqlite3),
      openWasmDriver(otherLayout),
      openWasmDriver(sqlite3, ':memory:', { parts: () => null }),
    ]
    for (const driver of drivers) driver.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, a ANY, b ANY, c ANY) STRICT')
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell), { maxLength: 12 }), (rows) => {
        const stored = rows.map((row) => row.map(asStored))
        for (const driver of drivers) {
          driver.exec('DELETE FROM t')
          const insert = driver.prepare('INSERT INTO t (a, b, c) VALUES (?, ?, ?)')
          for (const row of rows) insert.run(row)
          expect(driver.prepare('SELECT a, b, c FROM t ORDER BY id').values()).toEqual(stored)
          expect(driver.prepare('SELECT ?, ?, ?').values(rows[0] ?? [1, 2, 3])).toEqual([stored[0] ?? [1, 2, 3]])
        }
      }),
      { numRuns: 60 },
    )
    for (const driver of drivers) driver.close()
  }, 30_000)

  it('BND-1 gives back all it took from the module', () => {
    const installed = new Set<Pointer>()
    const allocated = new Set<Pointer>()
    const counting = withExports((x) => ({
      sqlite3_malloc64: (size) => {
        const pointer = x.sqlite3_malloc64(size)
        allocated.add(pointer >>> 0)
        return pointer
      },
      sqlite3_free: (pointer) => {
        allocated.delete(pointer >>> 0)
        x.sqlite3_free(pointer)
      },
      // SQLite frees an image itself.
      sqlite3_deserialize: (database, schema, data, ...rest) => {
        allocated.delete(data >>> 0)
        return x.sqlite3_deserialize(database, schema, data, ...rest)
      },
    }))
    const driver = openWasmDriver({
      wasm: {
        ...counting.wasm,
        installFunction: (signature, implementation) => {
          const pointer = counting.wasm.installFunction(signature, implementation)
          installed.add(pointer)
          return pointer
        },
        uninstallFunction: (pointer) => {
          installed.delete(pointer)
          counting.wasm.uninstallFunction(pointer)
        },
      },
    })
    driver.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, v ANY) STRICT')
    driver.watch(() => {})
    driver.prepare('INSERT INTO t VALUES (?, ?)').run([1, 'x'.repeat(200_000)])
    driver.prepare('INSERT INTO t VALUES (?, ?)').run([2, new Uint8Array(200_000)])
    expect(() => driver.prepare('INSERT INTO t VALUES (?, ?)').run([2, 'again'])).toThrow()
    driver.watch(null)
    const recorder = driver.record(['t'])
    driver.exec('DELETE FROM t')
    driver.apply(driver.invert(recorder.changeset()))
    driver.deserialize(driver.serialize())
    expect(() => driver.deserialize(driver.serialize(), 'nowhere')).toThrow()
    driver.close()
    expect([installed.size, allocated.size]).toEqual([0, 0])
  })

  it('reports a file that cannot be opened as storage/io', () => {
    expect(() => openWasmDriver(sqlite3, '/no/such/directory/file.db')).toThrow(
      expect.objectContaining({ code: 'storage/io' }),
    )
    expect(() => openWasmDriver(sqlite3, 'x.db', { vfs: 'no-such-vfs' })).toThrow(
      expect.objectContaining({ name: 'StoreError' }),
    )
  })
})

/** Integral numbers and small bigints come back as safe numbers; lone surrogates as replacement characters. */
function asStored(value: SqlValue): SqlValue {
  if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) return Number(value)
  if (Object.is(value, -0)) return 0
  return typeof value === 'string' ? value.toWellFormed() : value
}
