import { makeAdapter } from '@livestore/adapter-node'
import { createStorePromise, queryDb } from '@livestore/livestore'
import type { Client, Contestant } from '../src/suite/contestant.ts'
import type { Item } from '../src/work/item.ts'
import { openRebase } from './livestore-rebase.ts'
import { eventOf, items, schema } from './livestore-schema.ts'

/** Session and leader in memory, in one thread. */
export const livestore: Contestant = { name: 'livestore', openReader: open, openClient: open, openRebase }

const FILL = 2_000
let stores = 0

async function open(filled: readonly Item[]): Promise<Client> {
  const adapter = makeAdapter({ storage: { type: 'in-memory' } })
  const store = await createStorePromise({ adapter, schema, storeId: `bench-${stores++}` })

  async function settled(): Promise<void> {
    while (store.syncStatus().pendingCount > 0) await new Promise((resolve) => setTimeout(resolve, 0))
  }
  for (let i = 0; i < filled.length; i += FILL) {
    store.commit(...filled.slice(i, i + FILL).map((item) => eventOf({ kind: 'add', item })))
    await settled()
  }
  const one = (id: string) => items.where({ id }).first({ behaviour: 'undefined' })
  return {
    read: (id) => store.query(one(id)) as Item | undefined,
    reader(id) {
      const definition = queryDb(one(id))
      return () => store.query(definition) as Item | undefined
    },
    page: (listId, before) =>
      store.query(
        items
          .where({ listId })
          .where('createdAt', '<', new Date(before))
          .orderBy([
            { col: 'createdAt', direction: 'desc' },
            { col: 'id', direction: 'asc' },
          ])
          .limit(100),
      ) as readonly Item[],
    commit: (changes) => store.commit(...changes.map(eventOf)),
    settled,
    watch(id, told) {
      let last: string | undefined = JSON.stringify(store.query(one(id)))
      return store.subscribe(queryDb(one(id), { label: id }), (item) => {
        // All that read the table are called; a user would have to compare as well.
        const text = JSON.stringify(item)
        if (text === last) return
        last = text
        told(item as Item | undefined)
      })
    },
    close: () => store.shutdownPromise(),
  }
}
