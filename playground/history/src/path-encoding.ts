const PERCENT = 0x25
const HEX = '0123456789ABCDEF'
const encoder = new TextEncoder()
// `ignoreBOM` keeps a leading U+FEFF, which is a legal start of a file name.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * A git path (any bytes but NUL) as text, without loss: valid UTF-8 stays as it is, a byte that is not part of valid
 * UTF-8 becomes `%XX`, and `%` itself becomes `%25`. Two paths are equal if and only if their texts are.
 *
 * @example
 * encodePath(Buffer.from('src/ä.ts'))              // 'src/ä.ts'
 * encodePath(Buffer.from([0x63, 0xe9, 0x25]))      // 'c%E9%25'
 */
export function encodePath(bytes: Uint8Array): string {
  if (!bytes.includes(PERCENT)) {
    try {
      return decoder.decode(bytes)
    } catch {
      // Not UTF-8: encoded piece by piece below.
    }
  }
  let text = ''
  for (let i = 0; i < bytes.length; ) {
    const length = bytes[i] === PERCENT ? 0 : utf8SequenceLength(bytes, i)
    if (length === 0) {
      const byte = bytes[i] as number
      text += `%${HEX[byte >> 4]}${HEX[byte & 15]}`
      i += 1
    } else {
      text += decoder.decode(bytes.subarray(i, i + length))
      i += length
    }
  }
  return text
}

/** The bytes that `encodePath` was given. Throws `RangeError` for text that it never makes. */
export function decodePath(text: string): Uint8Array {
  const bytes: number[] = []
  const pieces = text.split('%')
  bytes.push(...encoder.encode(pieces[0]))
  for (const piece of pieces.slice(1)) {
    if (!/^[0-9A-F]{2}/.test(piece))
      throw new RangeError(`"${text}" is not an encoded path: a "%" lacks its two digits`)
    bytes.push(Number.parseInt(piece.slice(0, 2), 16), ...encoder.encode(piece.slice(2)))
  }
  return Uint8Array.from(bytes)
}

/** Bytes of the valid UTF-8 sequence that starts at `start`; 0 when none does. */
function utf8SequenceLength(bytes: Uint8Array, start: number): number {
  const first = bytes[start] as number
  if (first < 0x80) return 1
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  try {
    // Fatal decoding refuses what the length alone does not: overlong forms, surrogates, stray continuation bytes.
    decoder.decode(bytes.subarray(start, start + length))
    return start + length <= bytes.length ? length : 0
  } catch {
    return 0
  }
}
