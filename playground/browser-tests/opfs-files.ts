import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Page } from 'playwright'

/** The pool keeps a file's name in this many bytes before its content. */
const HEADER = 4096

interface StoredFile {
  readonly name: string
  readonly bytes: Buffer
}

/** Opens a copy of a store's OPFS files, as they are on disk, with this process's SQLite. No tab may have the store open. */
export async function openCopy(page: Page, storeId: string): Promise<{ database: DatabaseSync; close(): void }> {
  const files = await filesIn(page, [storeId, '.opaque'])
  return openFiles(
    files.flatMap(({ bytes }) => {
      const name = bytes.subarray(0, bytes.indexOf(0)).toString()
      return name === '' ? [] : [{ name: name.slice(1), bytes: bytes.subarray(HEADER) }]
    }),
    'store.sqlite3',
  )
}

/** The damaged files that are kept aside, with the number of todos that SQLite finds in each. */
export async function keptAside(page: Page, storeId: string): Promise<{ name: string; todos: number }[]> {
  const files = (await filesIn(page, [storeId])).filter(({ name }) => name.includes('.damaged-'))
  const names = files.map(({ name }) => name).filter((name) => !name.endsWith('-wal'))
  return names.sort().map((name) => {
    const { database, close } = openFiles(files, name)
    const row = database.prepare('SELECT count(*) AS todos FROM todos').get() as { todos: number }
    close()
    return { name, ...row }
  })
}

/** What becomes of a file of a store; places count from the beginning of its content, so that negative ones are in its name. */
export type Damage = { readonly file: 'database' | 'wal' } & (
  | { readonly cut: number }
  | { readonly remove: true }
  | { readonly at: number; readonly garbage: number }
  | { readonly at: number; readonly zeros: number }
  /** A letter of it is changed, wherever it stands. */
  | { readonly text: string }
)

/** Whether a leader has noted which files it opened: what is lost before that is not missed. */
export function isNoted(page: Page, storeId: string): Promise<boolean> {
  return page.evaluate(async (id) => {
    let directory = await navigator.storage.getDirectory()
    for (const name of ['livefold', encodeURIComponent(id)]) directory = await directory.getDirectoryHandle(name)
    const note = await directory.getFileHandle('opened').catch(() => null)
    return note !== null && (await note.getFile()).size > 0
  }, storeId)
}

/** Damages a file of a store behind its back. No tab may have the store open. */
export async function damageOpfs(page: Page, storeId: string, damage: Damage): Promise<void> {
  await page.evaluate(
    async ({ id, damage, header }) => {
      let directory = await navigator.storage.getDirectory()
      for (const name of ['livefold', encodeURIComponent(id), '.opaque'])
        directory = await directory.getDirectoryHandle(name)
      const wanted = damage.file === 'database' ? '/store.sqlite3\0' : '/store.sqlite3-wal\0'
      for await (const handle of directory.values() as AsyncIterable<FileSystemFileHandle>) {
        const file = await handle.getFile()
        if (!(await file.slice(0, 64).text()).startsWith(wanted)) continue
        if ('remove' in damage) return directory.removeEntry(handle.name)
        const writable = await handle.createWritable({ keepExistingData: true })
        const put = (at: number, data: Uint8Array<ArrayBuffer>) =>
          writable.write({ type: 'write', position: header + at, data })
        if ('cut' in damage) await writable.truncate(header + Math.floor((file.size - header) * damage.cut))
        else if ('zeros' in damage) await put(damage.at, new Uint8Array(damage.zeros))
        else if ('garbage' in damage) await put(damage.at, new Uint8Array(damage.garbage).fill(0xa5))
        else {
          const text = new TextDecoder('latin1').decode(await file.slice(header).arrayBuffer())
          let at = text.indexOf(damage.text)
          if (at < 0) throw new Error(`nothing reads ${damage.text}`)
          for (; at >= 0; at = text.indexOf(damage.text, at + 1))
            await put(at + damage.text.length - 2, new Uint8Array([0x7e]))
        }
        return writable.close()
      }
      throw new Error(`there is no ${wanted}`)
    },
    { id: storeId, damage, header: HEADER },
  )
}

async function filesIn(page: Page, path: readonly string[]): Promise<StoredFile[]> {
  const files = await page.evaluate(async (names) => {
    let directory = await navigator.storage.getDirectory()
    for (const name of ['livefold', ...names]) directory = await directory.getDirectoryHandle(name)
    const found: { name: string; text: string }[] = []
    for await (const handle of directory.values()) {
      if (handle.kind !== 'file') continue
      const bytes = new Uint8Array(await (await (handle as FileSystemFileHandle).getFile()).arrayBuffer())
      let text = ''
      for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192))
      found.push({ name: handle.name, text: btoa(text) })
    }
    return found
  }, path.map(encodeURIComponent))
  return files.map(({ name, text }) => ({ name, bytes: Buffer.from(text, 'base64') }))
}

function openFiles(files: readonly StoredFile[], name: string): { database: DatabaseSync; close(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'livefold-copy-'))
  for (const file of files) writeFileSync(join(folder, file.name), file.bytes)
  const database = new DatabaseSync(join(folder, name))
  return {
    database,
    close() {
      database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
