/** Lower-case hex digits of `bytes`. */
export function hex(bytes: Uint8Array): string {
  let digits = ''
  for (const byte of bytes) digits += byte.toString(16).padStart(2, '0')
  return digits
}

/** Both are bytes, and the same. */
export function sameBytes(a: unknown, b: unknown): boolean {
  return (
    a instanceof Uint8Array && b instanceof Uint8Array && a.length === b.length && a.every((byte, i) => byte === b[i])
  )
}
