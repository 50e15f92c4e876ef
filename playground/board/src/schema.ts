import { defineEvents, defineSchema, event, integer, json, type RowOf, table, text, timestamp } from '@livefold/core'
import * as v from 'valibot'
import type { Priority, Status } from './vocabulary.ts'

export const issues = table(
  'issues',
  {
    id: text().primaryKey(),
    number: integer(),
    title: text(),
    description: text().default(''),
    status: text(),
    priority: integer(),
    assignee: text().nullable(),
    labels: json<string[]>().default([]),
    createdAt: timestamp(),
    updatedAt: timestamp(),
  },
  {
    indexes: [
      // One for each order, with ties settled, holding whatever filters ask for: nothing is sorted, and no row is looked up to find out whether
      // it is in. Of 10,000 issues those of one person are found in 0.7 ms instead of 10.
      ['updatedAt', 'id', 'status', 'priority', 'assignee', 'labels', 'title'],
      ['status', 'updatedAt', 'id', 'priority', 'assignee', 'labels', 'title'],
      ['priority', 'updatedAt', 'id', 'status', 'assignee', 'labels', 'title'],
      ['title', 'id', 'status', 'priority', 'assignee', 'labels'],
      ['createdAt', 'id', 'status', 'priority', 'assignee', 'labels', 'title'],
      ['number'],
    ],
  },
)

/** Which parts of the imported project are in: a part that comes again, from another client or tab, does nothing. */
export const imports = table('imports', { part: integer().primaryKey() })

export type Issue = RowOf<typeof issues>

const id = v.pipe(v.string(), v.nonEmpty())
const title = v.pipe(v.string(), v.trim(), v.nonEmpty())
const status = v.picklist<Status[]>(['backlog', 'todo', 'doing', 'review', 'done'])
const priority = v.picklist<Priority[]>([0, 1, 2, 3])
const content = {
  id,
  title,
  description: v.string(),
  status,
  priority,
  assignee: v.nullable(v.string()),
  labels: v.array(v.string()),
}
const imported = v.object({ ...content, number: v.number(), createdAt: v.number(), updatedAt: v.number() })

export type NewIssue = v.InferOutput<v.ObjectSchema<typeof content, undefined>>
export type ImportedIssue = v.InferOutput<typeof imported>

export const events = defineEvents({
  issuesImported: event('v1.IssuesImported', v.object({ part: v.number(), issues: v.array(imported) })),
  issueCreated: event('v1.IssueCreated', v.object(content)),
  issueRetitled: event('v1.IssueRetitled', v.object({ id, title })),
  issueDescribed: event('v1.IssueDescribed', v.object({ id, description: v.string() })),
  issueMoved: event('v1.IssueMoved', v.object({ id, status })),
  issuePrioritised: event('v1.IssuePrioritised', v.object({ id, priority })),
  issueAssigned: event('v1.IssueAssigned', v.object({ id, assignee: v.nullable(v.string()) })),
  issueLabelled: event('v1.IssueLabelled', v.object({ id, labels: v.array(v.string()) })),
  issueDeleted: event('v1.IssueDeleted', v.object({ id })),
})

const changed = (id: string, change: Partial<Omit<Issue, 'id'>>, at: number) =>
  issues.update({ ...change, updatedAt: new Date(at) }).where({ id })

export const schema = defineSchema({
  version: 1,
  tables: { issues, imports },
  events,
  materializers: {
    issuesImported: ({ part, issues: rows }, ctx) =>
      // What was edited or deleted since stays so, also when somebody who was offline imports the same part later.
      ctx.query(imports.where({ part }).first())
        ? []
        : [
            imports.insert({ part }),
            ...rows.map(({ createdAt, updatedAt, ...row }) =>
              issues.insertOrIgnore({ ...row, createdAt: new Date(createdAt), updatedAt: new Date(updatedAt) }),
            ),
          ],
    // The number is given in the global order: after a rebase it may be another, and is the same for everyone.
    issueCreated: (issue, ctx) =>
      issues.insertOrIgnore({
        ...issue,
        number: (ctx.query(issues.max('number')) ?? 0) + 1,
        createdAt: new Date(ctx.event.at),
        updatedAt: new Date(ctx.event.at),
      }),
    issueRetitled: ({ id, title }, ctx) => changed(id, { title }, ctx.event.at),
    issueDescribed: ({ id, description }, ctx) => changed(id, { description }, ctx.event.at),
    issueMoved: ({ id, status }, ctx) => changed(id, { status }, ctx.event.at),
    issuePrioritised: ({ id, priority }, ctx) => changed(id, { priority }, ctx.event.at),
    issueAssigned: ({ id, assignee }, ctx) => changed(id, { assignee }, ctx.event.at),
    issueLabelled: ({ id, labels }, ctx) => changed(id, { labels }, ctx.event.at),
    issueDeleted: ({ id }) => issues.delete().where({ id }),
  },
})
