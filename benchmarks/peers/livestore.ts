import { makeAdapter } from '@livestore/adapter-node'
import { createStorePromise, Events, makeSchema, queryDb, Schema, State } from '@livestore/livestore'
import type { Client, Contestant } from '../src/suite/contestant.ts'
import type { Change, Item } from '../src/work/item.ts'

const items = State.SQLite.table({
  name: 'items',
  columns: {
    id: State.SQLite.text({ primaryKey: true }),
    listId: State.SQLite.text(),
    title: State.SQLite.text(),
    done: State.SQLite.boolean(),
    rank: State.SQLite.integer(),
    createdAt: State.SQLite.integer({ schema: Schema.DateFromNumber }),
  },
  indexes: [{ name: 'by_list', columns: ['listId', 'createdAt'] }],
})
const events = {
  added: Events.synced({
    name: 'v1.ItemAdded',
    schema: Schema.Struct({
      id: Schema.String,
      listId: Schema.String,
      title: Schema.String,
      done: Schema.Boolean,
      rank: Schema.Number,
      createdAt: Schema.Number,
    }),
  }),
  renamed: Events.synced({
    name: 'v1.ItemRenamed',
    schema: Schema.Struct({ id: Schema.String, title: Schema.String }),
  }),
  marked: Events.synced({ name: 'v1.ItemMarked', schema: Schema.Struct({ id: Schema.String, done: Schema.Boolean }) }),
}
const materializers = State.SQLite.materializers(events, {
  'v1.ItemAdded': ({ createdAt, ...item }) => items.insert({ ...item, createdAt: new Date(createdAt) }),
  'v1.ItemRenamed': ({ id, title }) => items.update({ title }).where({ id }),
  'v1.ItemMarked': ({ id, done }) => items.update({ done }).where({ id }),
})
const schema = makeSchema({ events, state: State.SQLite.makeState({ tables: { items }, materializers }) })

/** Session and leader in memory, in one thread. */
export const livestore: Contestant = { name: 'livestore', openReader: open, openClient: open }

const FILL = 2_000
let stores = 0

function eventOf(change: Change) {
  if (change.kind === 'add') return events.added({ ...change.item, createdAt: change.item.createdAt.getTime() })
  const { id } = change
  return change.kind === 'rename'
    ? events.renamed({ id, title: change.title })
    : events.marked({ id, done: change.done })
}

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
