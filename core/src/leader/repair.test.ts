import { expect, test } from 'vitest'
import { StoreError } from '../base/errors.ts'
import { Meta } from '../eventlog/meta.ts'
import { openLogTables } from '../eventlog/tables.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { openMemory } from '../testing/open-wasm.ts'
import { isFilled, repairFile } from './repair.ts'

/** Answers as a file's write-ahead log does that could be emptied, or could not. */
function withLog(driver: SqliteDriver, busy: number): SqliteDriver {
  return new Proxy(driver, {
    get(target, name) {
      if (name === 'prepare')
        return (sql: string) =>
          sql.includes('wal_checkpoint') ? { values: () => [[busy, 0, 0]] } : target.prepare(sql)
      const value = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

function filled(): SqliteDriver {
  const driver = openMemory()
  openLogTables(driver)
  new Meta(driver).set('dbId', 'd')
  return driver
}

const failing = (code: 'storage/corrupt' | 'storage/io' | 'storage/full') => () => {
  throw new StoreError(code, 'it cannot be read', { retry: 'backoff' })
}

test('LOG-1 a new file that cannot be read in passing is not taken for one that was not filled', () => {
  expect(isFilled(() => withLog(filled(), 0))).toBe(true)
  expect(isFilled(openMemory)).toBe(false)
  expect(isFilled(failing('storage/corrupt'))).toBe(false)
  for (const code of ['storage/io', 'storage/full'] as const) {
    expect(() => isFilled(failing(code))).toThrow(expect.objectContaining({ code }))
  }
  expect(() => isFilled(() => withLog(filled(), 1))).toThrow(expect.objectContaining({ code: 'storage/locked' }))
})

test('LOG-1 a damaged file that cannot be kept aside is closed, and a leader may try again', async () => {
  const damaged = openMemory()
  const attempt = repairFile({
    storeId: 's',
    damaged,
    keeper: { doubt: null, check: null, repair: repairFile, replace: failing('storage/full') },
    synced: true,
    random: { next: () => 0, id: () => 'x' } as never,
    cause: new StoreError('storage/corrupt', 'it has changed'),
  })
  await expect(attempt).rejects.toMatchObject({ code: 'storage/full', retry: 'restart' })
  expect(() => damaged.prepare('SELECT 1')).toThrow(expect.objectContaining({ code: 'store/closed' }))
})
