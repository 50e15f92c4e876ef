import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Journal, Opened, RebaseClient, StoredLog } from '../suite/contestant.ts'
import type { Change, Item } from '../work/item.ts'
import { RawFile } from './raw-file.ts'

export async function openRawJournal(directory: string): Promise<Journal> {
  const file = new RawFile(join(directory, 'raw.sqlite'), true)
  return {
    write: (changes) => () =>
      file.transaction(() => {
        for (const change of changes) {
          file.append(change)
          file.apply(change)
        }
      }),
    close: () => file.close(),
  }
}

/** Undo by hand: what was added is deleted, what was renamed gets its old title; the app remembers both. */
export async function openRawDiskRebase(
  directory: string,
  items: readonly Item[],
  pending: readonly Change[],
): Promise<RebaseClient> {
  const file = new RawFile(join(directory, 'raw.sqlite'), true)
  file.transaction(() => {
    for (const item of items) file.apply({ kind: 'add', item })
    for (const change of pending) file.apply(change)
  })
  const remove = file.database.prepare('DELETE FROM items WHERE id = ?')
  const titles = new Map(items.map(({ id, title }) => [id, title]))
  function undo(change: Change): void {
    if (change.kind === 'add') remove.run(change.item.id)
    else if (change.kind === 'rename') file.apply({ ...change, title: titles.get(change.id) as string })
    else throw new Error('The work of a rebase marks nothing.')
  }
  return {
    burst: (upstream) => () =>
      file.transaction(() => {
        for (const change of pending.toReversed()) undo(change)
        for (const change of upstream) {
          file.append(change)
          file.apply(change)
        }
        for (const change of pending) file.apply(change)
      }),
    items: () => file.all(),
    close: () => file.close(),
  }
}

export async function storeRaw(directory: string, changes: readonly Change[]): Promise<StoredLog> {
  const path = join(directory, 'raw.sqlite')
  const file = new RawFile(path, true)
  file.transaction(() => {
    for (const change of changes) {
      file.append(change)
      file.apply(change)
    }
  })
  file.close()

  return {
    boot: async (id) => open(path, id, false),
    async rebuild(id) {
      const copy = `${path}.copy`
      copyFileSync(path, copy)
      const opened = open(copy, id, true)
      rmSync(copy)
      return opened
    },
  }
}

function open(path: string, id: string, fold: boolean): Opened {
  const start = performance.now()
  const file = new RawFile(path, false)
  if (fold) file.fold()
  const item = file.read(id)
  const ms = performance.now() - start
  file.close()
  return { item, ms }
}
