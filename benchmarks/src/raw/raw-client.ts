import type { Client, RebaseClient } from '../suite/contestant.ts'
import type { Change, Item } from '../work/item.ts'
import { Engine } from './engine.ts'
import { loadModule } from './exports.ts'
import { ItemTable } from './item-table.ts'

/** Opens a database that holds `items`, inside a savepoint: what can be undone at all has one open. */
async function openItems(items: readonly Item[]): Promise<{ engine: Engine; table: ItemTable }> {
  const engine = new Engine(await loadModule())
  const table = new ItemTable(engine)
  engine.exec('BEGIN')
  for (const item of items) table.insert(item)
  engine.exec('COMMIT')
  engine.exec('SAVEPOINT base')
  return { engine, table }
}

export async function openRawClient(items: readonly Item[]): Promise<Client> {
  const { engine, table } = await openItems(items)
  const listeners = new Map<string, (item: Item | undefined) => void>()
  const open = engine.prepare('SAVEPOINT several')
  const release = engine.prepare('RELEASE several')

  function tell(change: Change): void {
    const id = change.kind === 'add' ? change.item.id : change.id
    listeners.get(id)?.(table.read(id))
  }

  return {
    read: (id) => table.read(id),
    reader: (id) => () => table.read(id),
    page: (listId, before) => table.page(listId, before),
    commit(changes) {
      if (changes.length > 1) engine.run(open)
      for (const change of changes) table.apply(change)
      if (changes.length > 1) engine.run(release)
      if (listeners.size > 0) for (const change of changes) tell(change)
    },
    settled() {},
    watch(id, told) {
      listeners.set(id, told)
      return () => void listeners.delete(id)
    },
    mount: (ids, told) => () => {
      const shown = new Map<string, Item | undefined>()
      for (const id of ids) {
        shown.set(id, table.read(id))
        listeners.set(id, told)
      }
      return () => {
        for (const id of shown.keys()) listeners.delete(id)
      }
    },
    byTitle: (after) => table.byTitle(after),
    sqliteBytes: () => engine.held,
    close: () => engine.close(),
  }
}

/** Undo is `ROLLBACK TO`; then the foreign changes, a new base, and the pending ones again. */
export async function openRawRebase(items: readonly Item[], pending: readonly Change[]): Promise<RebaseClient> {
  const { engine, table } = await openItems(items)
  const rollback = engine.prepare('ROLLBACK TO base')
  const release = engine.prepare('RELEASE base')
  const open = engine.prepare('SAVEPOINT base')
  for (const change of pending) table.apply(change)
  return {
    burst: (upstream) => () => {
      engine.run(rollback)
      for (const change of upstream) table.apply(change)
      engine.run(release)
      engine.run(open)
      for (const change of pending) table.apply(change)
    },
    items: () => table.all(),
    close: () => engine.close(),
  }
}
