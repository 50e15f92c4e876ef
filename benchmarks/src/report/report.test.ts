import { expect, it } from 'vitest'
import { localHost } from '../suite/host.ts'
import { measureRow } from '../suite/measure.ts'
import { type StoredRun, storedRun } from '../suite/report-json.ts'
import { type Row, sizesOf } from '../suite/row.ts'
import { htmlOf } from './html.ts'
import { markdownOf } from './markdown.ts'

const sizes = sizesOf(10, 1_000)
const row: Row = {
  name: 'grows',
  title: 'what <grows>',
  unit: 'µs',
  reference: 'raw',
  rounds: { warmup: 0, quick: 3, full: 3 },
  sizes: { quick: sizes, full: sizes },
  start: async ({ name }, _, { n }) => ({
    sample: () => (name === 'raw' ? n : 2 * n),
    figures: () => [{ name: 'runs', value: 1, unit: 'each', atMost: 2 }],
    end() {},
  }),
}

async function measuredRun(): Promise<StoredRun> {
  const setting = { quick: true, directory: () => '' }
  const result = await measureRow(row, localHost([{ name: 'raw' }, { name: 'livefold' }], setting), true)
  const facts = {
    place: 'node',
    at: '2026-11-22T20:00:00.000Z',
    quick: true,
    runtime: 'Node 24',
    platform: 'linux',
    cpu: 'a "cpu"',
    cores: 2,
    memoryGb: 8,
    load: [1, 1, 1],
    commit: 'abc',
  } as const
  return storedRun(
    facts,
    result ? [result] : [],
    { grows: { livefold: { ratio: 3, growth: 1.5, growthBeyond: 0.1 } } },
    [],
  )
}

it('the page shows ratio, growth, samples and figures of every row, and needs nothing from elsewhere', async () => {
  const page = htmlOf([await measuredRun()])
  expect(page).toContain('livefold takes 2.00 × raw')
  expect(page).toContain('livefold n<sup>1.00</sup>')
  expect(page).toContain('what &lt;grows>')
  expect(page).toContain('livefold, 10: runs 1 each (at most 2)')
  expect(page.match(/class="sample"/g)).toHaveLength(2 * 2 * 3)
  expect(page).toContain('prefers-color-scheme:dark')
  expect(page).not.toMatch(/https?:|src=|url\(|@import|<script|<link/)
})

it('the markdown has a line for each size, with ratio, growth and budgets', async () => {
  const text = markdownOf([await measuredRun()])
  expect(text).toContain('### Node 24')
  const line = text.split('\n').find((each) => each.includes('what <grows>: 1,000'))
  expect(line).toMatch(/1,000 µs .* 2,000 µs .* 2\.00 .* ≤ 3, n\^1\.00 ≤ 1\.5, beyond it n\^0\.00 ≤ 0\.1/)
  expect(markdownOf([])).toContain('npm run bench')
})
