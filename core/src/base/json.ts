/** What events carry: JSON, and nothing that JSON would drop or change. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Deepest nesting that the protocol carries. */
export const MAX_JSON_DEPTH = 32

/** Why a value is not plain JSON, and where; `null` when it is. `path` is like `$.tags[2]`. */
export function whyNotJson(value: unknown, path = '$', depth = 0): { path: string; why: string } | null {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return null
  if (typeof value === 'number') {
    return Number.isFinite(value) ? null : { path, why: `${value} is not a JSON number` }
  }
  if (typeof value !== 'object') return { path, why: `${typeof value} is not JSON` }
  if (depth >= MAX_JSON_DEPTH) return { path, why: `nested deeper than ${MAX_JSON_DEPTH}` }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const found = whyNotJson(value[i], `${path}[${i}]`, depth + 1)
      if (found) return found
    }
    return null
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    return { path, why: `${value.constructor?.name ?? 'object'} is not a plain object` }
  }
  if (Object.getOwnPropertySymbols(value).length > 0) return { path, why: 'symbol keys are not JSON' }
  for (const key of Object.keys(value)) {
    if (key === '__proto__') return { path, why: '"__proto__" is not a safe key' }
    const found = whyNotJson((value as Record<string, unknown>)[key], `${path}.${key}`, depth + 1)
    if (found) return found
  }
  return null
}

/**
 * A frozen copy that shares nothing with `value`, with the 0 that JSON makes of -0; undefined when `value` is not plain
 * JSON, and `whyNotJson` says why.
 */
export function plainCopy(value: unknown, depth = 0): Json | undefined {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : undefined
  if (typeof value !== 'object' || depth >= MAX_JSON_DEPTH) return undefined
  if (Array.isArray(value)) {
    const copy: Json[] = []
    for (let i = 0; i < value.length; i++) {
      const item = plainCopy(value[i], depth + 1)
      if (item === undefined) return undefined
      copy.push(item)
    }
    return Object.freeze(copy)
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return undefined
  if (Object.getOwnPropertySymbols(value).length > 0) return undefined
  const copy: Record<string, unknown> = { ...value }
  for (const key of Object.keys(copy)) {
    const given = copy[key]
    if (key === '__proto__') return undefined
    const member = plainCopy(given, depth + 1)
    if (member === undefined) return undefined
    if (member !== given || member === 0) copy[key] = member
  }
  return Object.freeze(copy as Record<string, Json>)
}

/** Bytes in UTF-8 of what `JSON.stringify` makes of `value`, without making it. */
export function jsonBytes(value: Json): number {
  switch (typeof value) {
    case 'string':
      return textBytes(value)
    case 'number':
      return numberBytes(value)
    case 'boolean':
      return value ? 4 : 5
  }
  if (value === null) return 4
  let bytes = 1
  if (Array.isArray(value)) {
    for (const item of value) bytes += jsonBytes(item) + 1
  } else {
    const object = value as { readonly [key: string]: Json }
    for (const key of Object.keys(object)) bytes += textBytes(key) + jsonBytes(object[key] as Json) + 2
  }
  // The last comma is the closing bracket.
  return bytes === 1 ? 2 : bytes
}

/** At least as much as `jsonBytes`, at a third of its cost: texts are not read. */
export function mostJsonBytes(value: Json): number {
  if (typeof value === 'string') return 6 * value.length + 2
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 17 : 25
  if (typeof value !== 'object' || value === null) return 5
  let bytes = 2
  if (Array.isArray(value)) for (const item of value) bytes += mostJsonBytes(item) + 1
  else {
    const object = value as { readonly [key: string]: Json }
    for (const key in object) bytes += 6 * key.length + mostJsonBytes(object[key] as Json) + 4
  }
  return bytes
}

/** Bytes of each ASCII character within JSON text. */
const asciiBytes = Uint8Array.from({ length: 128 }, (_, unit) => JSON.stringify(String.fromCharCode(unit)).length - 2)

function textBytes(text: string): number {
  let bytes = 2
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) bytes += asciiBytes[unit] as number
    else if (unit < 0x800) bytes += 2
    else if (unit < 0xd800 || unit > 0xdfff) bytes += 3
    else if (unit < 0xdc00 && isLowSurrogate(text.charCodeAt(i + 1))) {
      bytes += 4
      i++
    } else bytes += 6 // A lone surrogate is escaped.
  }
  return bytes
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}

function numberBytes(value: number): number {
  if (!Number.isSafeInteger(value)) return String(value).length
  let bytes = value < 0 ? 2 : 1
  for (let rest = Math.abs(value); rest >= 10; rest = Math.floor(rest / 10)) bytes++
  return bytes
}

/** JSON text with sorted keys: equal values give equal text. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const object = value as { readonly [key: string]: Json }
  const members = Object.keys(object).sort()
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key] as Json)}`).join(',')}}`
}

/** Bytes of `text` in UTF-8, without encoding it. */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    if (unit < 0x800) bytes += 1
    else if (unit >= 0xd800 && unit <= 0xdbff && i + 1 < text.length) {
      const low = text.charCodeAt(i + 1)
      if (low >= 0xdc00 && low <= 0xdfff) i++
      bytes += 2
    } else bytes += 2
  }
  return bytes
}
