import type { Json } from '../base/json.ts'

/** Marks what JSON has no form for: `{ "$": "date", "v": 0 }`. Objects with a member `$` of their own are wrapped as `object`. */
const MARK = '$'

/** A result as plain JSON: what `JSON.stringify` would lose or change is marked. */
export function toPlain(value: unknown): Json {
  switch (typeof value) {
    case 'undefined':
      return { [MARK]: 'undefined' }
    case 'bigint':
      return { [MARK]: 'bigint', v: String(value) }
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? value : { [MARK]: 'number', v: numberText(value) }
    case 'object':
      return value === null ? null : objectToPlain(value)
    default:
      return value as Json
  }
}

function objectToPlain(value: object): Json {
  if (Array.isArray(value)) return value.map(toPlain)
  if (value instanceof Uint8Array) return { [MARK]: 'blob', v: [...value] }
  // biome-ignore lint/style/noRestrictedGlobals: tells a decoded timestamp from JSON, reads no clock
  if (value instanceof Date) return { [MARK]: 'date', v: value.getTime() }
  const members = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toPlain(member)]))
  return Object.hasOwn(members, MARK) ? { [MARK]: 'object', v: members } : members
}

/** What `toPlain` was given. */
export function fromPlain(plain: Json): unknown {
  if (typeof plain !== 'object' || plain === null) return plain
  if (Array.isArray(plain)) return plain.map(fromPlain)
  const { [MARK]: mark, v } = plain as { readonly [name: string]: Json }
  switch (mark) {
    case undefined:
      return members(plain)
    case 'undefined':
      return undefined
    case 'bigint':
      return BigInt(v as string)
    case 'number':
      return Number(v)
    case 'blob':
      return Uint8Array.from(v as number[])
    case 'date':
      // biome-ignore lint/style/noRestrictedGlobals: a stored timestamp, no clock is read
      return new Date(v as number)
    default:
      return members(v as Json)
  }
}

function members(plain: Json): unknown {
  return Object.fromEntries(Object.entries(plain as object).map(([name, member]) => [name, fromPlain(member)]))
}

function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}
