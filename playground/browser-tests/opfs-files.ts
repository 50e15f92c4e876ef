import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Page } from 'playwright'

/** The pool keeps a file's name in this many bytes before its content. */
const HEADER = 4096

/** Opens a copy of a store's OPFS files, as they are on disk, with this process's SQLite. No tab may have the store open. */
export async function openCopy(page: Page, storeId: string): Promise<{ database: DatabaseSync; close(): void }> {
  const files = await page.evaluate(async (id) => {
    let directory = await navigator.storage.getDirectory()
    for (const name of ['livefold', id, '.opaque']) directory = await directory.getDirectoryHandle(name)
    const found: string[] = []
    for await (const handle of directory.values()) {
      if (handle.kind !== 'file') continue
      const bytes = new Uint8Array(await (await (handle as FileSystemFileHandle).getFile()).arrayBuffer())
      let text = ''
      for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192))
      found.push(btoa(text))
    }
    return found
  }, storeId)
  const folder = mkdtempSync(join(tmpdir(), 'livefold-copy-'))
  for (const file of files) {
    const bytes = Buffer.from(file, 'base64')
    const name = bytes.subarray(0, bytes.indexOf(0)).toString()
    if (name !== '') writeFileSync(join(folder, name.slice(1)), bytes.subarray(HEADER))
  }
  const database = new DatabaseSync(join(folder, 'store.sqlite3'))
  return {
    database,
    close() {
      database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
