import { isFilled, type Replacement, StoreError } from '@livefold/core/adapter'
import { directoryPath } from './directory-path.ts'
import { storeDirectory } from './opfs-directory.ts'
import { DATABASE, FRESH, type OpenPool, WAL } from './opfs-state.ts'
import { poolError } from './pool-error.ts'
import type { SahPool } from './sqlite-module.ts'
import type { StoreNames } from './store-names.ts'
import { writeFile } from './write-file.ts'

// Loaded when a file is damaged or cannot be had, and not before.
export { checkAll, repairFile } from '@livefold/core/adapter'
export { poolError } from './pool-error.ts'

/** Damaged files that are kept per store. */
const KEPT = 3
const PREFIX = `${DATABASE.slice(1)}.damaged-`
/** Beside a copy while it is written: half of one is not to be taken for a kept file. */
const PARTIAL = '.partial'

/**
 * Keeps the damaged file aside, as `store.sqlite3.damaged-<n>` in the store's directory: a file that any SQLite can open.
 *
 * @throws StoreError `storage/full`, `storage/io`; then nothing of it is left.
 */
export async function replaceFile({ names, pool, open }: OpenPool): Promise<Replacement> {
  const directory = await storeDirectory(names)
  const kept = await nextKept(directory)
  const abandon = async () => {
    drop(pool, FRESH)
    await removeKept(directory, kept)
  }
  try {
    await keep(directory, pool, kept)
    drop(pool, FRESH)
    const driver = open(FRESH)
    return {
      driver,
      kept: `${directoryPath(names)}/${kept}`,
      async finish() {
        driver.close()
        putInPlace(pool, names)
        const dropped = await dropOldest(directory)
        return { driver: open(DATABASE), dropped: dropped.map((name) => `${directoryPath(names)}/${name}`) }
      },
      abandon() {
        driver.close()
        return abandon()
      },
    }
  } catch (thrown) {
    await abandon()
    throw asStoreError(thrown, names)
  }
}

/**
 * A worker was ended while it replaced the file: a new file that is whole takes its place, another one goes.
 *
 * @returns whether it took it.
 * @throws StoreError where that cannot be told or done now
 */
export function resumeReplacement({ names, pool, open }: OpenPool): boolean {
  const filled = isFilled(() => open(FRESH))
  if (filled) putInPlace(pool, names)
  else drop(pool, FRESH)
  return filled
}

function putInPlace(pool: SahPool, names: StoreNames): void {
  if (pool.getFileNames().includes(`${FRESH}-wal`)) {
    throw new StoreError('storage/io', `The new file of store ${names.storeId} has a part of it beside it yet.`, {
      details: { storeId: names.storeId },
      retry: 'restart',
    })
  }
  try {
    drop(pool, DATABASE, ['-wal', '-journal'])
    pool.importDb(DATABASE, pool.exportFile(FRESH))
    drop(pool, FRESH)
  } catch (thrown) {
    throw asStoreError(thrown, names)
  }
}

function asStoreError(thrown: unknown, names: StoreNames): StoreError {
  return thrown instanceof StoreError ? thrown : poolError(thrown, names)
}

/** Removes a database, or of what is beside it the given parts. */
function drop(pool: SahPool, path: string, parts: readonly string[] = ['', '-wal', '-journal']): void {
  for (const suffix of parts) pool.unlink(path + suffix)
}

async function keep(directory: FileSystemDirectoryHandle, pool: SahPool, kept: string): Promise<void> {
  await directory.getFileHandle(kept + PARTIAL, { create: true })
  const there = pool.getFileNames()
  for (const [path, suffix] of [
    [DATABASE, ''],
    [WAL, '-wal'],
  ] as const) {
    if (!there.includes(path)) continue
    const handle = await directory.getFileHandle(kept + suffix, { create: true })
    await writeFile(handle, pool.exportFile(path))
  }
  await directory.removeEntry(kept + PARTIAL)
}

/** The name for another one; what a worker that was ended has written in part goes. */
async function nextKept(directory: FileSystemDirectoryHandle): Promise<string> {
  const partial: string[] = []
  for await (const name of directory.keys()) {
    if (name.startsWith(PREFIX) && name.endsWith(PARTIAL)) partial.push(name.slice(0, -PARTIAL.length))
  }
  for (const name of partial) await removeKept(directory, name)
  return PREFIX + (((await keptNumbers(directory)).at(-1) ?? 0) + 1)
}

/** @returns what was deleted */
async function dropOldest(directory: FileSystemDirectoryHandle): Promise<string[]> {
  const dropped = (await keptNumbers(directory)).slice(0, -KEPT).map((number) => PREFIX + number)
  for (const name of dropped) await removeKept(directory, name)
  return dropped
}

async function keptNumbers(directory: FileSystemDirectoryHandle): Promise<number[]> {
  const numbers: number[] = []
  for await (const name of directory.keys()) {
    const number = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : ''
    if (/^\d+$/.test(number)) numbers.push(Number(number))
  }
  return numbers.sort((a, b) => a - b)
}

/** The mark of a partial one last: what it stands beside is not whole before. */
async function removeKept(directory: FileSystemDirectoryHandle, name: string): Promise<void> {
  for (const suffix of ['', '-wal', PARTIAL]) await directory.removeEntry(name + suffix).catch(ignoreMissing)
}

function ignoreMissing(thrown: unknown): void {
  if ((thrown as DOMException).name !== 'NotFoundError') throw thrown
}
