import { readFileSync, statSync } from 'node:fs'
import { endianness, uptime } from 'node:os'
import { type WalChecksum, walChecksum } from '@livefold/core/adapter'

/** https://sqlite.org/fileformat2.html#walformat, https://sqlite.org/walformat.html#the_wal_index_file_format */
const WAL_HEADER = 32
const FRAME_HEADER = 24
const INDEX_HEADER = 48

interface WalIndex {
  /** Frames that were committed. */
  readonly frames: number
  /** Of the write-ahead log that they stand in. */
  readonly salt: string
}

/**
 * SQLite ends a write-ahead log at the first frame that does not fit its checksum, and takes the rest for one that was never
 * committed. What the last process had committed is in the index beside it, which outlives a kill.
 *
 * @returns how many committed frames cannot be read any more, or null when none is missing, or nothing can be told.
 */
export function missingFrames(database: string): number | null {
  const index = readIndex(`${database}-shm`)
  if (index === null || index.frames === 0) return null
  const found = readableFrames(`${database}-wal`, index.salt)
  return found < index.frames ? index.frames - found : null
}

/** Null where there is none, it is not whole, or the system has been started since: then it may be newer on disk than the log. */
function readIndex(path: string): WalIndex | null {
  try {
    if (statSync(path).mtimeMs < Date.now() - uptime() * 1_000) return null
    const bytes = readFileSync(path)
    const copies = [0, INDEX_HEADER].map((at) => bytes.subarray(at, at + INDEX_HEADER))
    const [first, second] = copies as [Buffer, Buffer]
    if (first.length < INDEX_HEADER || !first.equals(second)) return null
    const order = endianness() === 'LE'
    const [a, b] = walChecksum(first.subarray(0, 40), order, [0, 0])
    const word = (at: number) => (order ? first.readUInt32LE(at) : first.readUInt32BE(at))
    if (word(40) !== a || word(44) !== b) return null
    return { frames: word(16), salt: first.toString('hex', 32, 40) }
  } catch {
    return null
  }
}

/** Frames from the beginning up to the first that does not fit. */
function readableFrames(path: string, salt: string): number {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch {
    return 0
  }
  if (bytes.length < WAL_HEADER || bytes.toString('hex', 16, 24) !== salt) return 0
  const little = (bytes.readUInt32BE(0) & 1) === 0
  let sums: WalChecksum = walChecksum(bytes.subarray(0, 24), little, [0, 0])
  if (sums[0] !== bytes.readUInt32BE(24) || sums[1] !== bytes.readUInt32BE(28)) return 0
  const frame = FRAME_HEADER + bytes.readUInt32BE(8)
  let frames = 0
  for (let at = WAL_HEADER; at + frame <= bytes.length; at += frame) {
    if (bytes.toString('hex', at + 8, at + 16) !== salt) break
    sums = walChecksum(bytes.subarray(at, at + 8), little, sums)
    sums = walChecksum(bytes.subarray(at + FRAME_HEADER, at + frame), little, sums)
    if (sums[0] !== bytes.readUInt32BE(at + 16) || sums[1] !== bytes.readUInt32BE(at + 20)) break
    frames += 1
  }
  return frames
}
