import { expect, test } from 'vitest'
import { Presenter } from './presenter.ts'
import { painter } from './terminal-text.ts'
import type { View } from './view.ts'

const view = (total: number, text = 'folding'): View => ({
  url: 'u',
  repository: 'r',
  total,
  clients: [],
  outcome: { good: null, text },
})

function shown(isTTY: boolean, steps: readonly (readonly [View, number])[]): string[] {
  const written: string[] = []
  const output = { isTTY, columns: 80, write: (text: string) => written.push(text) }
  const presenter = new Presenter(output, painter(isTTY, {}))
  for (const [step, now] of steps) presenter.show(step, now)
  presenter.close()
  return written
}

test('a terminal is written to only when the picture changed', () => {
  const same = [view(1), 0] as const
  expect(shown(true, [same, same, same]).length).toBe(2)
  expect(shown(true, [same, [view(2), 100], [view(2), 200]]).length).toBe(3)
})

test('a pipe gets no escape codes, a line every two seconds, and the outcome at once', () => {
  const client = { name: 'a', connection: 'online', leader: 'ready', pending: 0, upstreamHead: 0, backendHead: 0 }
  const at = (commits: number, text?: string): View => ({
    ...view(9, text),
    clients: [{ ...client, commits, files: 0, rate: 0, subject: '' }],
  })
  const written = shown(false, [
    [at(0), 0],
    [at(1), 100],
    [at(2), 2_100],
    [at(2), 5_000],
    [at(3, 'equal'), 5_100],
  ])
  const text = written.join('')
  expect(text).not.toContain('\u001b')
  expect(text.split('\n').map((line) => line.match(/\d\/9 commits|folding|equal/)?.[0])).toEqual([
    '0/9 commits',
    'folding',
    '2/9 commits',
    '3/9 commits',
    'equal',
    undefined,
  ])
})
