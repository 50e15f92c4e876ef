import { expect, test } from 'vitest'
import { LogAuditor, type LoggedEvent } from './log-audit.ts'

type Draft = [id: string, args: object, last?: 'last']

const header = (n: number, changes: number, part = 1) => ({ n, part, parts: 1, changes })

function audit(drafts: readonly Draft[], seqs = drafts.map((_, i) => i + 1)) {
  const auditor = new LogAuditor()
  drafts.forEach(([id, args, last], i) => {
    const name = 'part' in args ? 'v1.CommitImported' : 'v1.FileAdded'
    const event = { id, name, args, seq: seqs[i] }
    auditor.add((last ? event : { ...event, joined: true }) as LoggedEvent)
  })
  return auditor.result()
}

const first: Draft[] = [
  ['s.1', header(1, 1)],
  ['s.2', { n: 1 }, 'last'],
]
const second: Draft[] = [['t.1', header(2, 0), 'last']]

test('two sessions, each commit whole and once', () => {
  expect(audit([...first, ...second])).toEqual({ events: 3, commits: 2, faults: [] })
})

test.each<[string, readonly Draft[], string]>([
  ['an event twice', [...second, ...second], 'comes after t.1'],
  ['a git commit twice under new ids', [...second, ['t.2', header(2, 0), 'last']], 'imports commit 2/1 again'],
  ['a commit inside another', [first[0] as Draft, ...second, first[1] as Draft], 'starts within commit 1'],
  [
    'a commit that lost its end',
    [
      ['s.1', header(1, 2)],
      ['s.2', { n: 1 }, 'last'],
    ],
    'ends commit 1',
  ],
  [
    'a commit that goes on too long',
    [
      ['s.1', header(1, 0)],
      ['s.2', { n: 1 }, 'last'],
    ],
    'does not end commit 1',
  ],
  ['file events alone', [['s.1', { n: 1 }, 'last']], 'belongs to no commit'],
  ['the log of a torn push', [first[0] as Draft], 'the log ends within commit 1'],
])('%s is a fault', (_, drafts, fault) => {
  expect(audit(drafts).faults.join('\n')).toContain(fault)
})

test('a gap in seq is a fault', () => {
  expect(audit([...first, ...second], [1, 2, 4]).faults).toEqual([
    'event t.1 (v1.CommitImported) has seq 4, expected 3',
  ])
})
