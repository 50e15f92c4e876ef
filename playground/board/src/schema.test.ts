import { createStore, digestOf } from '@livefold/core'
import { memoryAdapter, memoryBackend } from '@livefold/memory'
import { expect, test } from 'vitest'
import { EXAMPLE_ISSUES, EXAMPLE_PARTS, exampleIssues, PART_ISSUES } from './example-issues.ts'
import { events, issues, schema } from './schema.ts'

function client(sync: ReturnType<typeof memoryBackend>) {
  return createStore({ schema, storeId: 'board', adapter: memoryAdapter({ sync }), development: true })
}

test('SYNC-1 a part that two clients import is in once; what was edited or deleted meanwhile stays so', async () => {
  const sync = memoryBackend()
  const ann = await client(sync)
  const ben = await client(sync)
  ann.commit(events.issuesImported({ part: 0, issues: exampleIssues(0) }))
  ann.commit(events.issueDeleted({ id: 'example-1' }), events.issueRetitled({ id: 'example-2', title: 'Edited' }))
  // Ben has not heard of it yet, as if he had been offline.
  ben.commit(events.issuesImported({ part: 0, issues: exampleIssues(0) }))
  await ann.settled()
  await ben.settled()
  await expect.poll(() => [digestOf(ann), ann.status.upstreamHead.value]).toEqual([digestOf(ben), 4])
  expect(ben.query(issues.count())).toBe(PART_ISSUES - 1)
  expect(ben.query(issues.where({ id: 'example-2' }).first())?.title).toBe('Edited')
  await ann.close()
  await ben.close()
})

test('SYNC-1 two clients that create at the same time agree on the numbers', async () => {
  const sync = memoryBackend()
  const ann = await client(sync)
  const ben = await client(sync)
  const content = { description: '', status: 'todo', priority: 1, assignee: null } as const
  ann.commit(events.issueCreated({ ...content, labels: [], id: 'a', title: 'of Ann' }))
  ben.commit(events.issueCreated({ ...content, labels: [], id: 'b', title: 'of Ben' }))
  await ann.settled()
  await ben.settled()
  await expect.poll(() => digestOf(ann)).toBe(digestOf(ben))
  expect(ann.query(issues.orderBy('number').select('number'))).toEqual([{ number: 1 }, { number: 2 }])
  await ann.close()
  await ben.close()
})

test('the examples are the same each time, and their ids differ', () => {
  const all = Array.from({ length: EXAMPLE_PARTS }, (_, part) => exampleIssues(part)).flat()
  expect(all).toHaveLength(EXAMPLE_ISSUES)
  expect(new Set(all.map(({ id }) => id)).size).toBe(EXAMPLE_ISSUES)
  expect(exampleIssues(3)).toEqual(all.slice(3 * PART_ISSUES, 4 * PART_ISSUES))
})
