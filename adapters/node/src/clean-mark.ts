import { closeSync, existsSync, openSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'

/** Longer files are marked by their size alone, bytes: a boot is not to grow with the log, and reading this takes 10 to 20 ms. */
const LONGEST_READ = 8 * 2 ** 20
const CHUNK = 4 * 2 ** 20

/** Beside a store's file while nobody has it open: the file as its last leader left it. */
export function markPath(database: string): string {
  return `${database}.closed`
}

/** Called when the file is closed. A mark that cannot be written is missing: the next leader checks the file then. */
export function markClosed(database: string): void {
  // Another program has the file open, and will write it when it closes.
  if (existsSync(`${database}-wal`)) return
  try {
    writeFileSync(markPath(database), markOf(database))
  } catch {}
}

/**
 * @returns whether the file is as it was marked; null without a mark.
 */
export function matchesMark(database: string): boolean | null {
  let mark: string
  try {
    mark = readFileSync(markPath(database), 'utf8')
  } catch {
    return null
  }
  return mark === markOf(database)
}

/** Before the file changes. */
export function removeMark(database: string): void {
  rmSync(markPath(database), { force: true })
}

function markOf(database: string): string {
  const { size } = statSync(database)
  return `${size} ${size > LONGEST_READ ? '-' : checksum(database)}\n`
}

function checksum(path: string): number {
  const file = openSync(path, 'r')
  try {
    const chunk = new Uint8Array(CHUNK)
    let sum = 0
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk))
      sum = crc32(chunk.subarray(0, read), sum)
    return sum
  } finally {
    closeSync(file)
  }
}
