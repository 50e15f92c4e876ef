import { defineEvents, defineSchema, event, integer, sql, table, text } from '@livefold/core'
import { z } from 'zod'

/**
 * The tree that the imported commits leave behind. Events of different importers arrive in any order, so every row
 * knows the commit that wrote it last (`n`), and a removed path stays as a row without a blob: an older commit's
 * event that comes later must find out that it is too late.
 */
export const files = table('files', {
  /** Text of the path as `encodePath` makes it. */
  path: text().primaryKey(),
  /** Object id of the file, symlink or submodule; null once removed. */
  blob: text().nullable(),
  n: integer(),
})

/** The git commits seen so far, by their place on the first-parent line. */
export const commits = table('commits', {
  n: integer().primaryKey(),
  hash: text(),
  author: integer(),
  /** Author date, seconds since 1970. */
  time: integer(),
  subject: text(),
  /** Store commits that this git commit takes (more than 1 only beyond the size limit), and how many are in. */
  parts: integer(),
  done: integer(),
})

const n = z.int().positive()
const objectId = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/)
const filePut = z.object({ n, path: z.string().min(1), blob: objectId })

export const events = defineEvents({
  /** First event of each store commit; `changes` is the number of file events that follow it there. */
  commitImported: event(
    'v1.CommitImported',
    z.object({
      n,
      hash: objectId,
      author: n,
      time: z.int(),
      subject: z.string(),
      part: n,
      parts: n,
      changes: z.int().nonnegative(),
    }),
  ),
  fileAdded: event('v1.FileAdded', filePut),
  fileChanged: event('v1.FileChanged', filePut),
  fileRemoved: event('v1.FileRemoved', filePut.omit({ blob: true })),
})

// The higher commit number wins, whatever the order of arrival: the fold is the same for every interleaving.
const putFile = (path: string, blob: string | null, n: number) => sql`
  insert into files (path, blob, n) values (${path}, ${blob}, ${n})
  on conflict (path) do update set blob = excluded.blob, n = excluded.n where excluded.n > files.n`

export const schema = defineSchema({
  version: 1,
  tables: { files, commits },
  events,
  materializers: {
    commitImported: ({ n, hash, author, time, subject, part, parts }) => sql`
      insert into commits (n, hash, author, time, subject, parts, done)
      values (${n}, ${hash}, ${author}, ${time}, ${subject}, ${parts}, ${part})
      on conflict (n) do update set done = excluded.done where excluded.done > commits.done`,
    fileAdded: ({ n, path, blob }) => putFile(path, blob, n),
    fileChanged: ({ n, path, blob }) => putFile(path, blob, n),
    fileRemoved: ({ n, path }) => putFile(path, null, n),
  },
})

/** The folded tree: what `git ls-tree` of the last commit lists. */
export const tree = sql`select path, blob from files where blob is not null order by path`.as<{
  path: string
  blob: string
}>()

export const fileCount = sql`select count(*) as count from files where blob is not null`.as<{ count: number }>()

/** `complete`: git commits with all their parts; `last`: the highest number among all, 0 without any. */
export const commitCount = sql`
  select coalesce(sum(done = parts), 0) as complete, coalesce(max(n), 0) as last from commits`.as<{
  complete: number
  last: number
}>()

export const commitRows = sql`select n, hash, author, time, subject, parts, done from commits order by n`.as<{
  n: number
  hash: string
  author: number
  time: number
  subject: string
  parts: number
  done: number
}>()

/** Every row of `files`, the removed paths too. */
export const fileRows = sql`select path, blob, n from files order by path`.as<{
  path: string
  blob: string | null
  n: number
}>()

export const subjectOf = (n: number) => sql`select subject from commits where n = ${n}`.as<{ subject: string }>()
