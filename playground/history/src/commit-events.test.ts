import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commitEvents } from './commit-events.ts'
import type { FileChange } from './git-changes.ts'

const header = { n: 7, hash: 'a'.repeat(40), author: 1, time: 0, subject: 'Subject' }
const blob = 'b'.repeat(40)
const change = fc.oneof(
  fc.record({
    kind: fc.constantFrom('added' as const, 'changed' as const),
    path: fc.string(),
    blob: fc.constant(blob),
  }),
  fc.record({ kind: fc.constant('removed' as const), path: fc.string() }),
)

const added = (count: number): FileChange[] =>
  Array.from({ length: count }, (_, i) => ({ kind: 'added', path: `file-${i}`, blob }))

test('a git commit without changes is one event', () => {
  const [events, ...more] = commitEvents({ ...header, changes: [] })
  expect(more).toEqual([])
  expect(events?.map((event) => [event.name, event.args])).toEqual([
    ['v1.CommitImported', { ...header, part: 1, parts: 1, changes: 0 }],
  ])
})

test('a root of 3,000 files is one store commit', () => {
  expect(commitEvents({ ...header, changes: added(3_000) }).map((part) => part.length)).toEqual([3_001])
})

test('beyond 10,000 events it is cut, and each part says which it is', () => {
  const parts = commitEvents({ ...header, changes: added(25_000) })
  expect(parts.map((part) => part.length)).toEqual([10_000, 10_000, 5_003])
  expect(parts.map((part) => part[0]?.args)).toEqual(
    [9_999, 9_999, 5_002].map((changes, i) => ({ ...header, part: i + 1, parts: 3, changes })),
  )
})

test('8 MiB of long paths are cut too', () => {
  const changes = added(3_000).map((one) => ({ ...one, path: 'x'.repeat(4_000) + one.path }))
  const parts = commitEvents({ ...header, changes })
  expect(parts.length).toBe(2)
  for (const part of parts) expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThan(8 * 1024 * 1024)
})

test('the parts hold all changes in their order, none empty, none over the limit', () => {
  fc.assert(
    fc.property(fc.array(change), fc.integer({ min: 2, max: 9 }), (changes, limit) => {
      const parts = commitEvents({ ...header, changes }, { events: limit, bytes: 1_000_000 })
      const paths = parts.flatMap((part) => part.slice(1).map((event) => (event.args as { path: string }).path))
      expect(paths).toEqual(changes.map((one) => one.path))
      expect(parts.every((part) => part.length <= limit)).toBe(true)
      if (changes.length > 0) expect(parts.every((part) => part.length > 1)).toBe(true)
    }),
  )
})
