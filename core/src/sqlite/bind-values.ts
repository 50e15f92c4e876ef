import { StoreError } from '../base/errors.ts'
import { quoteSql } from './result-codes.ts'

/** Refuses a list of binds whose length is not the number of parameters. */
export function wrongBindCount(given: number, wanted: number, sql: string): StoreError {
  return new StoreError('query/invalid', `SQL takes ${wanted} values but got ${given}, in: ${quoteSql(sql)}`, {
    details: { given, wanted, sql: quoteSql(sql) },
  })
}

/**
 * Refuses a value that SQLite cannot hold as it is. NaN is among them: SQLite would store NULL in its place without a
 * word. Infinity is held.
 *
 * @param index place among the binds, from 0
 */
export function wrongBind(value: unknown, index: number, sql: string): StoreError {
  const what = typeof value === 'number' || typeof value === 'bigint' ? String(value) : `a ${describe(value)}`
  return new StoreError(
    'query/invalid',
    `SQL value ${index + 1} is ${what}; give null, a number, a 64-bit bigint, a string or bytes, in: ${quoteSql(sql)}`,
    { details: { index, sql: quoteSql(sql) } },
  )
}

function describe(value: unknown): string {
  return typeof value === 'object' && value !== null ? (value.constructor?.name ?? 'object') : typeof value
}

const minInt64 = -(2n ** 63n)
const maxInt64 = 2n ** 63n - 1n

export function fitsInt64(value: bigint): boolean {
  return value >= minInt64 && value <= maxInt64
}
