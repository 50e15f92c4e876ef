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
