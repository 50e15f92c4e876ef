import {
  boolean,
  defineEvents,
  defineSchema,
  event,
  integer,
  type NewEvent,
  table,
  text,
  timestamp,
} from '@livefold/core'
import { z } from 'zod'
import type { Change, Item } from './item.ts'

export const items = table(
  'items',
  {
    id: text().primaryKey(),
    listId: text(),
    title: text(),
    done: boolean(),
    rank: integer(),
    createdAt: timestamp(),
  },
  { indexes: [['listId', 'createdAt']] },
)

export const events = defineEvents({
  itemAdded: event(
    'v1.ItemAdded',
    z.object({
      id: z.string(),
      listId: z.string(),
      title: z.string(),
      done: z.boolean(),
      rank: z.number(),
      createdAt: z.number(),
    }),
  ),
  itemRenamed: event('v1.ItemRenamed', z.object({ id: z.string(), title: z.string() })),
})

/** The same app in any version: a higher one is rebuilt from the log. */
function schemaOf(version: number) {
  return defineSchema({
    version,
    tables: { items },
    events,
    materializers: {
      itemAdded: ({ createdAt, ...item }) => items.insert({ ...item, createdAt: new Date(createdAt) }),
      itemRenamed: ({ id, title }) => items.update({ title }).where({ id }),
    },
  })
}

export const schema = schemaOf(1)
export const nextSchema = schemaOf(2)

export const one = (id: string) => items.where({ id }).first()

export const pageOf = (listId: string, before: number) =>
  items.where({ listId }).where('createdAt', '<', new Date(before)).orderBy('createdAt', 'desc').limit(100)

export type ItemArgs = Omit<Item, 'createdAt'> & { readonly createdAt: number }

/** An item as the event that adds it carries it. */
export function argsOf({ createdAt, ...item }: Item): ItemArgs {
  return { ...item, createdAt: createdAt.getTime() }
}

export function eventOf(change: Change): NewEvent {
  return change.kind === 'add'
    ? events.itemAdded(argsOf(change.item))
    : events.itemRenamed({ id: change.id, title: change.title })
}
