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
  // Of a copy: view libraries mark what they have wrapped with symbols that none has.
  if (Object.getOwnPropertySymbols({ ...value }).length > 0) return { path, why: 'symbol keys are not JSON' }
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
  const copy: Record<string, unknown> = { ...value }
  if (Object.getOwnPropertySymbols(copy).length > 0) return undefined
  // Not `Object.keys`: this is done for each event. What someone has added to `Object.prototype` comes by here, and is left alone.
  for (const key in copy) {
    const given = copy[key]
    if (key === '__proto__') return undefined
    if (typeof given === 'string' || typeof given === 'boolean' || !Object.hasOwn(copy, key)) continue
    const member = plainCopy(given, depth + 1)
    if (member === undefined) return undefined
    if (member !== given || member === 0) copy[key] = member
  }
  return Object.freeze(copy as Record<string, Json>)
}

/** JSON text with sorted keys: equal values give equal text. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const object = value as { readonly [key: string]: Json }
  const members = Object.keys(object).sort()
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key] as Json)}`).join(',')}}`
}
