import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'

const directory = mkdtempSync(join(tmpdir(), 'livefold-bench-'))
const json = join(directory, 'bench.json')

afterAll(() => rmSync(directory, { recursive: true, force: true }))

function bench(budgets: object, ...more: string[]) {
  const file = join(directory, 'budgets.json')
  writeFileSync(file, JSON.stringify({ node: budgets }))
  const options = ['--quick', '--only', 'honest-read', '--budgets', file, '--json', json, ...more]
  const main = join(import.meta.dirname, 'main.ts')
  return spawnSync(process.execPath, ['--conditions=livefold-source', main, ...options], { encoding: 'utf8' })
}

it('within its budgets it exits 0, and the JSON says what the table says', () => {
  const { status, stdout } = bench({ 'honest-read': { raw: { ratio: 1_000 } } })
  expect(status).toBe(0)
  expect(stdout).toContain('≤ 1000')
  const [row] = JSON.parse(readFileSync(json, 'utf8')).runs[0].rows
  expect(row.name).toBe('honest-read')
  expect(row.contestants.map(({ name }: { name: string }) => name)).toEqual(['engine', 'raw'])
  expect(row.contestants[1].ratio).toBeGreaterThan(0)
})

it('beyond a budget it exits 1, and says which', () => {
  const { status, stderr } = bench({ 'honest-read': { raw: { ratio: 0.001 } } })
  expect(status).toBe(1)
  expect(stderr).toContain('BEYOND BUDGET honest-read: raw, time over engine')
})

it('a budget or a name that fits no row is refused', () => {
  expect(bench({ 'honset-read': { raw: { ratio: 9 } } })).toMatchObject({ status: 2 })
  expect(bench({}, '--only', 'nothing')).toMatchObject({ status: 2 })
})
