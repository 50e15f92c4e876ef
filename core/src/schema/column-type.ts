import { type Json, type Misfit, whyNotJson } from '../base/json.ts'
import type { Decode, SqlValue } from '../sqlite/driver.ts'

export type ColumnKind = 'text' | 'integer' | 'real' | 'boolean' | 'timestamp' | 'json' | 'blob' | 'bigint'

/** How one kind of column is stored. Each is by itself: an app loads the kinds that its tables have. */
export interface ColumnType {
  readonly kind: ColumnKind
  readonly storage: 'TEXT' | 'INTEGER' | 'REAL' | 'BLOB'
  /** What a value must be, as it stands in error messages. */
  readonly expects: string
  /** Where and why a value does not fit, when a type can say more than `expects`. */
  readonly misfit?: (value: unknown) => Misfit | null
  /** Stored form of a value that is not null; undefined when the value does not fit. */
  encode(value: unknown): Exclude<SqlValue, null> | undefined
  readonly decode: Decode | null
}

/** SQLite integers have 64 bits; drivers give those beyond 2^53 as bigint, so small ones are stored as numbers here too. */
export function storedBigint(value: bigint): number | bigint | undefined {
  if (BigInt.asIntN(64, value) !== value) return undefined
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}

/** -0 is stored as 0, so it is 0 from the start. */
function withoutNegativeZero(value: number): number {
  return value === 0 ? 0 : value
}

export const textType: ColumnType = {
  kind: 'text',
  storage: 'TEXT',
  expects: 'a string',
  // UTF-8 has no lone surrogates: replaced here, so that keys and pins equal what is stored.
  encode: (value) => (typeof value === 'string' ? value.toWellFormed() : undefined),
  decode: null,
}

export const integerType: ColumnType = {
  kind: 'integer',
  storage: 'INTEGER',
  expects: 'an integer within ±(2^53 - 1)',
  encode: (value) => (Number.isSafeInteger(value) ? withoutNegativeZero(value as number) : undefined),
  decode: null,
}

export const realType: ColumnType = {
  kind: 'real',
  storage: 'REAL',
  expects: 'a finite number',
  encode: (value) => (Number.isFinite(value) ? withoutNegativeZero(value as number) : undefined),
  decode: null,
}

export const booleanType: ColumnType = {
  kind: 'boolean',
  storage: 'INTEGER',
  expects: 'a boolean',
  encode: (value) => (typeof value === 'boolean' ? Number(value) : undefined),
  decode: (value) => value !== 0,
}

export const timestampType: ColumnType = {
  kind: 'timestamp',
  storage: 'INTEGER',
  expects: 'a valid Date',
  encode(value) {
    // biome-ignore lint/style/noRestrictedGlobals: the type of a value, not a clock
    if (!(value instanceof Date)) return undefined
    const ms = value.getTime()
    return Number.isNaN(ms) ? undefined : ms
  },
  // biome-ignore lint/style/noRestrictedGlobals: made from a stored value, not from a clock
  decode: (value) => new Date(Number(value)),
}

export const jsonType: ColumnType = {
  kind: 'json',
  storage: 'TEXT',
  expects: 'plain JSON',
  misfit: whyNotJson,
  encode: (value) => (whyNotJson(value) ? undefined : JSON.stringify(value as Json)),
  decode: (value) => JSON.parse(value as string),
}

export const blobType: ColumnType = {
  kind: 'blob',
  storage: 'BLOB',
  expects: 'a Uint8Array',
  // A copy: writes run again after a rebase, and the app may have other bytes there by then.
  encode: (value) => (value instanceof Uint8Array ? new Uint8Array(value) : undefined),
  decode: null,
}

export const bigintType: ColumnType = {
  kind: 'bigint',
  storage: 'INTEGER',
  expects: 'a bigint of 64 bits',
  encode: (value) => (typeof value === 'bigint' ? storedBigint(value) : undefined),
  decode: (value) => BigInt(value as number | bigint),
}
