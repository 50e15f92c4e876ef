import type { Json } from './json.ts'

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
