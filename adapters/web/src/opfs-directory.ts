import { directoryPath } from './directory-path.ts'
import { DATABASE } from './opfs-state.ts'
import type { StoreNames } from './store-names.ts'

/** Where sqlite-wasm's pool has its files, in the directory that it is given: a name in front, then the content. */
export const POOL = '.opaque'
/** Beside it: which files a leader had open, by the names in front of them. What is then missing was lost. */
export const OPENED = 'opened'
/** Of a file of the pool: the end of its name with its digest, and the beginning of its content. */
const NAME_END = 524
const CONTENT = 4096

export async function storeDirectory(names: StoreNames): Promise<FileSystemDirectoryHandle> {
  let handle = await navigator.storage.getDirectory()
  for (const part of directoryPath(names).split('/')) handle = await handle.getDirectoryHandle(part)
  return handle
}

/** Names of the database and what is beside it, as they are found in the pool. */
export async function namesOf(directory: FileSystemDirectoryHandle): Promise<string> {
  const pool = await directory.getDirectoryHandle(POOL, { create: true })
  const names: string[] = []
  for await (const handle of pool.values()) {
    const { name, size } = await frontOf(handle as FileSystemFileHandle)
    if (name.startsWith(DATABASE)) names.push(name + (size > CONTENT))
  }
  return names.sort().join()
}

/** Tries at a file that is written to. */
const READ_TRIES = 100

async function frontOf(handle: FileSystemFileHandle): Promise<{ name: string; size: number }> {
  for (let attempt = 1; ; attempt++) {
    try {
      const file = await handle.getFile()
      return { name: await file.slice(0, NAME_END).text(), size: file.size }
    } catch (thrown) {
      // Chromium, now and then, of a file that is written to at the same time.
      if ((thrown as DOMException).name !== 'NotReadableError' || attempt === READ_TRIES) throw thrown
    }
  }
}
