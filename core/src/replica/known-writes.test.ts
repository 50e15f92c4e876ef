import { expect, test } from 'vitest'
import type { Commit } from '../protocol/event-record.ts'
import type { CommitWrites } from './commit-writes.ts'
import { KnownWrites } from './known-writes.ts'

function commitOf(sessionId: string, n: number, args = {}): Commit {
  return [{ id: `${sessionId}.${n}`, name: 'v1.A', args, clientId: sessionId, sessionId, parent: 0, at: 0 }]
}

const writes = (): CommitWrites => ({ writes: [], ends: null, pure: true })

test('finds commits in the order they came in, out of it, and again', () => {
  const known = new KnownWrites<{ commit: Commit; writes: CommitWrites }>()
  const given = [1, 2, 3].map((n) => ({ commit: commitOf('a', n), writes: writes() }))
  for (const one of given) known.add(one)
  for (const i of [0, 1, 2, 1, 0, 0, 2]) expect(known.of(given[i]?.commit ?? [])).toBe(given[i])
  const late = { commit: commitOf('b', 1), writes: writes() }
  expect(known.of(late.commit)).toBe(null)
  known.add(late)
  expect(known.of(late.commit)).toBe(late)
  known.clear()
  for (const { commit } of [...given, late]) expect(known.of(commit)).toBe(null)
})

test('the same events under another record are known, others under the same id are not', () => {
  const known = new KnownWrites<{ commit: Commit; writes: CommitWrites }>()
  const commit = commitOf('a', 1, { title: 'x' })
  const mine = { commit, writes: writes() }
  known.add(mine)
  const confirmed = commit.map((event) => ({ ...event, seq: 7 }))
  expect(known.of(confirmed)).toBe(mine)
  expect(known.of(commitOf('a', 1, { title: 'y' }))).toBe(null)
  expect(known.of([...confirmed, ...commitOf('a', 2)])).toBe(null)
})
