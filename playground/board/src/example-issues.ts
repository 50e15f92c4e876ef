import type { ImportedIssue } from './schema.ts'
import { labels, type Priority, people, type Status } from './vocabulary.ts'

export const EXAMPLE_ISSUES = 10_000
/** Issues of one part, which is one event and one commit: some 200 KB. */
export const PART_ISSUES = 500
export const EXAMPLE_PARTS = EXAMPLE_ISSUES / PART_ISSUES

const acts = ['Fix', 'Speed up', 'Document', 'Simplify', 'Test', 'Remove', 'Redesign', 'Explain', 'Retry', 'Measure']
const manners = [
  'slow',
  'flaky',
  'missing',
  'confusing',
  'duplicate',
  'outdated',
  'hidden',
  'broken',
  'unused',
  'wrong',
]
const things = [
  'import',
  'search',
  'login',
  'export',
  'sidebar',
  'upload',
  'sync',
  'invoice',
  'menu',
  'report',
  'avatar',
]
const places = [
  'on small screens',
  'after a reload',
  'when offline',
  'for large teams',
  'in the settings',
  'with two tabs open',
  'at midnight',
  'in dark mode',
  'for new members',
  'on the first start',
]
const remarks = [
  'Seen twice this week, each time by somebody who had been away for a while.',
  'Nobody depends on the old behaviour, as far as we know.',
  'There is a workaround, but it has to be explained every time.',
  'Steps: open the page, wait, go back, open it again.',
  'Worth a measurement before and after.',
]
/** Weights: most work is done, some waits, little is under way. */
const spread: readonly Status[] = [
  'backlog',
  'backlog',
  'backlog',
  'todo',
  'todo',
  'doing',
  'review',
  'done',
  'done',
  'done',
]
const urgencies: readonly Priority[] = [0, 0, 1, 1, 1, 1, 2, 2, 3]

const START = Date.UTC(2026, 0, 5, 8)
const MINUTE = 60_000

/** The same on every client: a part of a project that was imported from elsewhere. */
export function exampleIssues(part: number): ImportedIssue[] {
  return Array.from({ length: PART_ISSUES }, (_, i) => exampleIssue(part * PART_ISSUES + i + 1))
}

function exampleIssue(number: number): ImportedIssue {
  const pick = picker(number)
  const createdAt = START + number * 37 * MINUTE
  return {
    id: `example-${number}`,
    number,
    title: `${pick(acts)} the ${pick(manners)} ${pick(things)} ${pick(places)}`,
    description: `${pick(remarks)} ${pick(remarks)}`,
    status: pick(spread),
    priority: pick(urgencies),
    assignee: pick([null, null, ...people]),
    labels: labels.filter(() => pick([true, false, false, false, false])),
    createdAt,
    updatedAt: createdAt + pick([1, 30, 600, 2_000, 9_000]) * MINUTE,
  }
}

/** Picks by chance, and the same each time for one seed. */
function picker(seed: number): <T>(from: readonly T[]) => T {
  let state = Math.imul(seed, 0x9e3779b1) | 1
  return (from) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return from[(state >>> 0) % from.length] as (typeof from)[number]
  }
}
