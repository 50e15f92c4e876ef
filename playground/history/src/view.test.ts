import { expect, test } from 'vitest'
import { painter } from './terminal-text.ts'
import { type ClientView, frame, plainLine, type View } from './view.ts'

const client: ClientView = {
  name: 'left',
  connection: 'online',
  leader: 'ready',
  pending: 12,
  upstreamHead: 100,
  backendHead: 112,
  commits: 40,
  files: 3_010,
  rate: 950,
  subject: 'Edit\u001b[2J 40',
}
const view: View = {
  url: 'http://127.0.0.1:4322',
  repository: '/repo',
  total: 80,
  clients: [client, { ...client, name: 'right', connection: 'offline', commits: 38 }],
  outcome: { good: null, text: 'folding' },
}
const plain = painter(false, {})

test('every line fits, whatever the width', () => {
  for (const width of [10, 40, 79, 80, 200]) {
    for (const line of frame(view, width, plain)) expect(line.length).toBeLessThanOrEqual(width)
  }
})

test('shows both clients and the slower one on the bar', () => {
  const lines = frame(view, 120, plain)
  expect(lines.find((line) => line.startsWith('left'))).toMatch(
    /online +ready +12 +100 +112 +40 +3010 +950 +Edit \[2J 40/,
  )
  expect(lines.find((line) => line.startsWith('folded'))).toContain('47% 38/80')
  expect(lines.at(-1)).toMatch(/^folding/)
})

test('colours the client that is not online, and the outcome', () => {
  const lines = frame({ ...view, outcome: { good: false, text: 'different' } }, 100, painter(true, {}))
  expect(lines.filter((line) => line.startsWith('\u001b[33m')).length).toBe(1)
  expect(lines.at(-1)).toContain('\u001b[31mdifferent')
})

test('without a terminal it is one line', () => {
  expect(plainLine(view)).toBe(
    'left: online, 40/80 commits, 3010 files, 100/112 events, 12 pending, 950/s | ' +
      'right: offline, 38/80 commits, 3010 files, 100/112 events, 12 pending, 950/s',
  )
})
