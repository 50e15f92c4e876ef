import type { Replacement, SqliteDriver } from '@livefold/core/adapter'
import { storeDirectory } from './opfs-directory.ts'
import { DATABASE, FRESH, type OpenPool, WAL } from './opfs-state.ts'
import type { SahPool } from './sqlite-module.ts'
import { writeFile } from './write-file.ts'

// Loaded when a file is damaged or cannot be had, and not before.
export { checkAll, repairFile } from '@livefold/core/adapter'
export { poolError } from './pool-error.ts'

/** Damaged files that are kept per store. */
const KEPT = 3

/** Keeps the damaged file aside, as `store.sqlite3.damaged-<n>` in the store's directory: a file that any SQLite can open. */
export async function replaceFile({ names, pool, open }: OpenPool): Promise<Replacement> {
  const directory = await storeDirectory(names)
  const prefix = `${DATABASE.slice(1)}.damaged-`
  const numbers = await keptNumbers(directory, prefix)
  const kept = prefix + ((numbers.at(-1) ?? 0) + 1)
  const there = pool.getFileNames()
  for (const [path, suffix] of [
    [DATABASE, ''],
    [WAL, '-wal'],
  ] as const) {
    if (!there.includes(path)) continue
    const handle = await directory.getFileHandle(kept + suffix, { create: true })
    await writeFile(handle, pool.exportFile(path))
  }
  const oldest = numbers.length >= KEPT ? prefix + numbers[0] : null
  if (oldest !== null) await removeKept(directory, oldest)
  drop(pool, FRESH)
  const driver = open(FRESH)
  return {
    driver,
    kept: `${names.directory}/${kept}`,
    dropped: oldest && `${names.directory}/${oldest}`,
    finish() {
      driver.close()
      putInPlace(pool)
      return open(DATABASE)
    },
  }
}

/** A worker was ended while it replaced the file: a new file that is whole takes its place, another one goes. */
export function resumeReplacement({ pool, open }: OpenPool): void {
  if (isWhole(open)) putInPlace(pool)
  else drop(pool, FRESH)
}

/** What is carried over is written in one transaction, and names the database. */
function isWhole(open: OpenPool['open']): boolean {
  let driver: SqliteDriver | null = null
  try {
    driver = open(FRESH)
    return driver.prepare(`SELECT 1 FROM livefold_meta WHERE key = 'dbId'`).value() === 1
  } catch {
    return false
  } finally {
    driver?.close()
  }
}

function putInPlace(pool: SahPool): void {
  drop(pool, DATABASE, ['-wal', '-journal'])
  pool.importDb(DATABASE, pool.exportFile(FRESH))
  drop(pool, FRESH)
}

/** Removes a database, or of what is beside it the given parts. */
function drop(pool: SahPool, path: string, parts: readonly string[] = ['', '-wal', '-journal']): void {
  for (const suffix of parts) pool.unlink(path + suffix)
}

async function keptNumbers(directory: FileSystemDirectoryHandle, prefix: string): Promise<number[]> {
  const numbers: number[] = []
  for await (const name of directory.keys()) {
    const number = name.startsWith(prefix) ? name.slice(prefix.length) : ''
    if (/^\d+$/.test(number)) numbers.push(Number(number))
  }
  return numbers.sort((a, b) => a - b)
}

async function removeKept(directory: FileSystemDirectoryHandle, name: string): Promise<void> {
  await directory.removeEntry(name)
  await directory.removeEntry(`${name}-wal`).catch(() => {})
}
