import { Events, makeSchema, Schema, State } from '@livestore/livestore'
import type { Change } from '../src/work/item.ts'

export const items = State.SQLite.table({
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
export const schema = makeSchema({ events, state: State.SQLite.makeState({ tables: { items }, materializers }) })

/** What is committed for a change. */
export function eventOf(change: Change) {
  if (change.kind === 'add') return events.added({ ...change.item, createdAt: change.item.createdAt.getTime() })
  const { id } = change
  return change.kind === 'rename'
    ? events.renamed({ id, title: change.title })
    : events.marked({ id, done: change.done })
}
