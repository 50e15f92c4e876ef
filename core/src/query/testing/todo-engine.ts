import { boolean, integer, json, text, timestamp } from '../../schema/column.ts'
import { table } from '../../schema/table.ts'
import { inspectionsOf } from '../inspection.ts'
import { QueryEngine, type QueryEngineOptions } from '../query-engine.ts'
import { queryParts } from './query-parts.ts'
import { TestHost } from './test-host.ts'

export const todos = table('todos', {
  id: text().primaryKey(),
  title: text(),
  done: boolean().default(false),
  rank: integer().default(0),
  listId: text().nullable(),
  tags: json<string[]>().default([]),
  at: timestamp().default(new Date(0)),
})
export const lists = table('lists', { id: text().primaryKey(), name: text() })

/** Inserts a todo. */
export const todo = (
  id: string,
  more: { title?: string; done?: boolean; rank?: number; listId?: string | null } = {},
) => todos.insert({ id, title: `title ${id}`, ...more })

/** An engine over todos and lists, what it reported, and how often queries whose SQL has `part` ran or were patched. */
export function open(options: QueryEngineOptions = {}) {
  const host = new TestHost([todos, lists])
  const reports: { error: unknown; label: string }[] = []
  const engine = new QueryEngine(host, {
    parts: () => queryParts,
    report: (error, label) => reports.push({ error, label }),
    ...options,
  })
  const runs = (part = '') =>
    inspectionsOf(engine)
      .filter((query) => query.sql.includes(part))
      .reduce((sum, query) => sum + query.runs + query.patches, 0)
  return { host, engine, reports, runs }
}
