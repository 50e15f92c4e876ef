import { StoreError } from '../base/errors.ts'

const magic = 'SQLite format 3\0'
const headerSize = 100

/** Header bytes that say which journal the file's last writer and reader used: 2 is WAL, 1 everything else. */
const journalBytes = [18, 19] as const

/** @throws StoreError `storage/corrupt` for bytes that are no SQLite database */
export function assertImage(bytes: Uint8Array): void {
  let valid = bytes.length >= headerSize
  for (let at = 0; at < magic.length && valid; at++) valid = bytes[at] === magic.charCodeAt(at)
  if (valid) return
  throw new StoreError('storage/corrupt', `These ${bytes.length} bytes are no SQLite database; ask for a new image`, {
    details: { bytes: bytes.length },
  })
}

/** Memory has no WAL: an image of a WAL file opens only when its header says otherwise. */
export function markWithoutWal(bytes: Uint8Array, start: number): void {
  for (const at of journalBytes) bytes[start + at] = 1
}
