import {
  boolean,
  defineEvents,
  defineSchema,
  event,
  json,
  localEvent,
  localTable,
  table,
  text,
  timestamp,
} from '@livefold/core'
import { z } from 'zod'

export const todos = table(
  'todos',
  {
    id: text().primaryKey(),
    title: text(),
    done: boolean().default(false),
    createdAt: timestamp(),
    listId: text().nullable(),
    tags: json<string[]>().default([]),
  },
  { indexes: [['listId', 'createdAt']] },
)

export const ui = localTable('ui', { key: text().primaryKey(), value: json<unknown>() })

export const events = defineEvents({
  todoCreated: event('v1.TodoCreated', z.object({ id: z.string(), title: z.string() })),
  todoToggled: event('v1.TodoToggled', z.object({ id: z.string(), done: z.boolean() })),
  doneCleared: event('v1.DoneCleared', z.object({})),
  uiSet: localEvent('v1.UiSet', z.object({ key: z.string(), value: z.unknown() })),
})

export const schema = defineSchema({
  version: 1,
  tables: { todos, ui },
  events,
  materializers: {
    todoCreated: ({ id, title }, ctx) => todos.insert({ id, title, createdAt: new Date(ctx.event.at) }),
    todoToggled: ({ id, done }) => todos.update({ done }).where({ id }),
    doneCleared: () => todos.delete().where({ done: true }),
    uiSet: ({ key, value }) => ui.upsert({ key, value }),
  },
})
