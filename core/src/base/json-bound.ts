import type { Json } from './json.ts'

/** At least the bytes in UTF-8 of what `JSON.stringify` makes of `value`. Texts are not read: to count them exactly costs three times as much. */
export function mostJsonBytes(value: Json): number {
  if (typeof value === 'string') return 6 * value.length + 2
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 17 : 25
  if (typeof value !== 'object' || value === null) return 5
  let bytes = 2
  if (Array.isArray(value)) for (const item of value) bytes += mostJsonBytes(item) + 1
  else {
    const object = value as { readonly [key: string]: Json }
    for (const key in object) {
      const member = object[key] as Json
      bytes += 6 * key.length + 4
      // Texts here, not by a call: it is done for each commit.
      bytes += typeof member === 'string' ? 6 * member.length + 2 : mostJsonBytes(member)
    }
  }
  return bytes
}
