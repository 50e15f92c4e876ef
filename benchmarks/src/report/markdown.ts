import type { StoredMeasured, StoredRow, StoredRun } from '../suite/report-json.ts'
import { aligned, figure, noiseLine } from '../suite/report-table.ts'

/** What was last measured, for `docs/performance.md` and the README: a table for each place. */
export function markdownOf(runs: readonly StoredRun[]): string {
  if (runs.length === 0) return 'No whole run is kept yet: `npm run bench` first. Runs of some rows are not kept.'
  return runs.map(tableOf).join('\n\n')
}

function tableOf(run: StoredRun): string {
  const names = contestantsOf(run)
  const lines = run.rows.flatMap((row) => sizesOf(row).map((size) => lineOf(row, size, names)))
  const facts = `${run.runtime}, ${run.cpu}, ${run.cores} cores; ${run.at.slice(0, 10)}, commit ${run.commit}; ${noiseLine(run.rows)}.`
  return `### ${run.runtime}\n\n${aligned(['', ...names, '× ref', 'budget'], lines, 1)}\n\n${facts}`
}

/** Livefold and raw, then whoever else takes part in more than a row of its own. */
function contestantsOf({ rows }: StoredRun): string[] {
  const all = rows.flatMap(({ contestants }) => contestants.map(({ name }) => name))
  const peers = ['livestore', 'tanstack', 'tinybase', 'zero'].filter((name) => all.includes(name))
  return ['raw', 'livefold', ...peers]
}

function sizesOf({ contestants }: StoredRow): string[] {
  return [...new Set(contestants.map(({ size }) => size))]
}

function lineOf(row: StoredRow, size: string, names: readonly string[]): string[] {
  const at = row.contestants.filter((each) => each.size === size)
  const own = at.find(({ name }) => name === 'livefold') ?? at.find(({ name }) => name === 'session')
  // Rows without us are about raw.
  const measured = own ?? at.find(({ name }) => name !== row.reference)
  const cells = names.map((name) => {
    const found = name === 'livefold' ? own : at.find((each) => each.name === name)
    return found ? figure(found.median, row.unit) : ''
  })
  return [size ? `${row.title}: ${size}` : row.title, ...cells, ratioOf(row, measured), budgetOf(row, measured)]
}

function ratioOf({ reference }: StoredRow, own: StoredMeasured | undefined): string {
  if (!own || own.ratio === null || own.name === reference) return ''
  return `${own.ratio.toFixed(2)}${reference === 'raw' ? '' : ` × ${reference}`}`
}

function budgetOf(row: StoredRow, own: StoredMeasured | undefined): string {
  if (!own) return ''
  const { ratio, growth, growthBeyond } = own.budget
  const exponent = row.growth[own.name]
  const beyond = row.growthBeyond?.[own.name]
  const parts = [
    ratio === undefined ? '' : `≤ ${ratio}`,
    growth === undefined || exponent === undefined ? '' : `n^${exponent.toFixed(2)} ≤ ${growth}`,
    growthBeyond === undefined || beyond === undefined ? '' : `beyond it n^${beyond.toFixed(2)} ≤ ${growthBeyond}`,
  ]
  return parts.filter((part) => part !== '').join(', ')
}
