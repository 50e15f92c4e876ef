import { boolean, defineEvents, defineSchema, event, table, text, timestamp } from '@livefold/core'
import * as v from 'valibot'

export const todos = table(
  'todos',
  {
    id: text().primaryKey(),
    title: text(),
    done: boolean().default(false),
    createdAt: timestamp(),
  },
  { indexes: [['createdAt']] },
)

const id = v.pipe(v.string(), v.nonEmpty())
const title = v.pipe(v.string(), v.trim(), v.nonEmpty())

export const events = defineEvents({
  todoCreated: event('v1.TodoCreated', v.object({ id, title })),
  todoRenamed: event('v1.TodoRenamed', v.object({ id, title })),
  todoToggled: event('v1.TodoToggled', v.object({ id, done: v.boolean() })),
  todoDeleted: event('v1.TodoDeleted', v.object({ id })),
  allToggled: event('v1.AllToggled', v.object({ done: v.boolean() })),
  doneCleared: event('v1.DoneCleared', v.object({})),
})

export const schema = defineSchema({
  version: 1,
  tables: { todos },
  events,
  materializers: {
    todoCreated: ({ id, title }, ctx) => todos.insertOrIgnore({ id, title, createdAt: new Date(ctx.event.at) }),
    todoRenamed: ({ id, title }) => todos.update({ title }).where({ id }),
    todoToggled: ({ id, done }) => todos.update({ done }).where({ id }),
    todoDeleted: ({ id }) => todos.delete().where({ id }),
    allToggled: ({ done }) => todos.update({ done }).where({ done: !done }),
    doneCleared: () => todos.delete().where({ done: true }),
  },
})
