/** Two words of 32 bits, carried on from frame to frame. */
export type WalChecksum = readonly [number, number]

/**
 * SQLite's checksum of a write-ahead log, over pairs of 32-bit words: https://sqlite.org/fileformat2.html#checksum_algorithm
 *
 * @param little the order of bytes that the log's header names.
 */
export function walChecksum(bytes: Uint8Array, little: boolean, [a, b]: WalChecksum): WalChecksum {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let [x, y] = [a, b]
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    x = (x + view.getUint32(at, little) + y) >>> 0
    y = (y + view.getUint32(at + 4, little) + x) >>> 0
  }
  return [x, y]
}
