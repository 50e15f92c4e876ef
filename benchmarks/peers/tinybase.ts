import { createIndexes, createStore } from 'tinybase'
import type { Client, Contestant } from '../src/suite/contestant.ts'
import type { Change, Item } from '../src/work/item.ts'

type Row = Omit<Item, 'id' | 'createdAt'> & { readonly createdAt: number }

const PAGE = 100

/** Its reactive tables in memory; dates are numbers there, as it has none. */
export const tinybase: Contestant = { name: 'tinybase', openReader: open, openClient: open }

async function open(items: readonly Item[]): Promise<Client> {
  const store = createStore()
  const indexes = createIndexes(store)
  indexes.setIndexDefinition('byList', 'items', 'listId', 'createdAt')
  store.transaction(() => {
    for (const item of items) apply({ kind: 'add', item })
  })

  function apply(change: Change): void {
    if (change.kind === 'rename') store.setCell('items', change.id, 'title', change.title)
    else if (change.kind === 'mark') store.setCell('items', change.id, 'done', change.done)
    else {
      const { id, createdAt, ...cells } = change.item
      store.setRow('items', id, { ...cells, createdAt: createdAt.getTime() })
    }
  }

  function read(id: string): Item | undefined {
    if (!store.hasRow('items', id)) return undefined
    const { createdAt, ...cells } = store.getRow('items', id) as unknown as Row
    return { id, ...cells, createdAt: new Date(createdAt) }
  }

  return {
    read,
    reader: (id) => () => read(id),
    page(listId, before) {
      const ids = indexes.getSliceRowIds('byList', listId)
      let low = 0
      let high = ids.length
      while (low < high) {
        const middle = (low + high) >> 1
        if ((store.getCell('items', ids[middle] as string, 'createdAt') as number) < before) low = middle + 1
        else high = middle
      }
      const page: Item[] = []
      for (let i = low - 1; i >= 0 && page.length < PAGE; i--) page.push(read(ids[i] as string) as Item)
      return page
    },
    commit(changes) {
      store.transaction(() => changes.forEach(apply))
    },
    settled() {},
    watch(id, told) {
      const listener = store.addRowListener('items', id, () => told(read(id)))
      return () => void store.delListener(listener)
    },
    mount: (ids, told) => () => {
      const shown = ids.map(read)
      const listeners = ids.map((id) => store.addRowListener('items', id, () => told()))
      return () => {
        shown.length = 0
        for (const listener of listeners) store.delListener(listener)
      }
    },
    byTitle: () => store.getSortedRowIds('items', 'title').map((id) => read(id) as Item),
    sorted() {
      let ids: readonly string[] = store.getSortedRowIds('items', 'title')
      return {
        subscribe(told) {
          const listener = store.addSortedRowIdsListener('items', 'title', false, 0, undefined, (...news) => {
            ids = news.at(-1) as readonly string[]
            told()
          })
          return () => void store.delListener(listener)
        },
        // It tells the whole order.
        changed: () => 1,
        current: () => ids.map((id) => read(id) as Item),
      }
    },
    close: () => store.delTables() && undefined,
  }
}
