import { describe, expect, it } from 'vitest'
import { sqliteError } from './result-codes.ts'

const SQLITE_IOERR_WRITE = 778
const SQLITE_BUSY_SNAPSHOT = 517
const SQLITE_CONSTRAINT_PRIMARYKEY = 1555

describe('sqliteError', () => {
  it.each([
    ['FULL', 13, 'storage/full'],
    ['IOERR_WRITE', SQLITE_IOERR_WRITE, 'storage/io'],
    ['NOMEM', 7, 'storage/io'],
    ['INTERRUPT', 9, 'storage/io'],
    ['CANTOPEN', 14, 'storage/io'],
    ['READONLY', 8, 'storage/io'],
    ['BUSY_SNAPSHOT', SQLITE_BUSY_SNAPSHOT, 'storage/locked'],
    ['LOCKED', 6, 'storage/locked'],
    ['CORRUPT', 11, 'storage/corrupt'],
    ['NOTADB', 26, 'storage/corrupt'],
  ])('blames the environment for %s, whatever was done', (_name, code, expected) => {
    for (const task of ['prepare', 'bind', 'run'] as const) {
      const error = sqliteError(code, 'message', task, 'SELECT 1')
      expect(error.code).toBe(expected)
      expect(error.details.sqlite).toBe(code)
    }
  })

  it('blames the statement for the rest, by what was done', () => {
    expect(sqliteError(1, 'no such table', 'prepare', 'x').code).toBe('query/invalid')
    expect(sqliteError(18, 'too big', 'bind', 'x').code).toBe('query/invalid')
    expect(sqliteError(SQLITE_CONSTRAINT_PRIMARYKEY, 'UNIQUE', 'run', 'x').code).toBe('materializer/failed')
  })

  it('quotes long SQL only in part', () => {
    expect(sqliteError(1, 'no', 'run', 'x'.repeat(10_000)).message.length).toBeLessThan(500)
  })
})
