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
  itemMarked: event('v1.ItemMarked', z.object({ id: z.string(), done: z.boolean() })),
})

/** Materializers run in this process so far. */
export const materialized = { runs: 0 }

/** The same app in any version: a higher one is rebuilt from the log. */
export function schemaOf(version: number) {
  return defineSchema({
    version,
    tables: { items },
    events,
    materializers: {
      itemAdded({ createdAt, ...item }) {
        materialized.runs += 1
        return items.insert({ ...item, createdAt: new Date(createdAt) })
      },
      itemRenamed({ id, title }) {
        materialized.runs += 1
        return items.update({ title }).where({ id })
      },
      itemMarked({ id, done }) {
        materialized.runs += 1
        return items.update({ done }).where({ id })
      },
    },
  })
}

export const schema = schemaOf(1)
export const nextSchema = schemaOf(2)

export const one = (id: string) => items.where({ id }).first()

export const pageOf = (listId: string, before: number) =>
  items.where({ listId }).where('createdAt', '<', new Date(before)).orderBy('createdAt', 'desc').limit(100)

/** Every item, in the order of titles: the moment only makes it another query each time. */
export const byTitle = (after: number) => items.where('createdAt', '>', new Date(after)).orderBy('title')

export const sorted = items.orderBy('title')

export const totals = {
  count: items.where({ done: true }).count(),
  sum: items.where({ done: true }).sum('rank'),
}

export type ItemArgs = Omit<Item, 'createdAt'> & { readonly createdAt: number }

/** An item as the event that adds it carries it. */
export function argsOf({ createdAt, ...item }: Item): ItemArgs {
  return { ...item, createdAt: createdAt.getTime() }
}

export function eventOf(change: Change): NewEvent {
  if (change.kind === 'add') return events.itemAdded(argsOf(change.item))
  const { id } = change
  return change.kind === 'rename'
    ? events.itemRenamed({ id, title: change.title })
    : events.itemMarked({ id, done: change.done })
}
