import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Arguments, chosenRows, parseArguments, UsageError } from './arguments.ts'
import { BenchDirectory } from './bench-directory.ts'
import { livefold } from './livefold/livefold.ts'
import { session } from './livefold/livefold-memory.ts'
import { packageSizes } from './package-sizes.ts'
import { raw } from './raw/raw.ts'
import { rows } from './rows/rows.ts'
import { nodeFacts } from './run-facts.ts'
import { type Budgets, excesses, strayBudgets } from './suite/budgets.ts'
import { type Host, localHost } from './suite/host.ts'
import { measureRow, type RowResult } from './suite/measure.ts'
import { probeResult } from './suite/noise.ts'
import { storedRun } from './suite/report-json.ts'
import { noiseLine, tableOf } from './suite/report-table.ts'
import type { Row } from './suite/row.ts'

const folder = join(import.meta.dirname, '..')
const results = join(folder, '../results')

process.exitCode = await main(process.argv.slice(2))

async function main(given: readonly string[]): Promise<number> {
  try {
    const options = parseArguments(given)
    if (!options.list) return await run(options)
    for (const { name, title } of rows) console.log(`${name.padEnd(22)} ${title}`)
    return 0
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown
    console.error(thrown.message)
    return 2
  }
}

async function run(options: Arguments): Promise<number> {
  const budgets: Budgets = JSON.parse(readFileSync(options.budgets ?? join(folder, 'budgets.json'), 'utf8'))
  const stray = strayBudgets(budgets, rows)
  if (stray.length > 0) throw new UsageError(`The budgets name rows that there are not: ${stray.join(', ')}.`)
  const facts = nodeFacts(options.quick)
  const directory = new BenchDirectory(results)
  const host = localHost([raw, session, livefold], { quick: options.quick, directory: () => directory.fresh() })
  let measured: RowResult[]
  try {
    measured = await measureAll(chosenRows(rows, options), host, options.quick, budgets)
  } finally {
    directory.remove()
  }
  const sizes = options.only.length === 0 ? await packageSizes() : []
  const stored = storedRun(facts, measured, budgets, sizes)
  mkdirSync(results, { recursive: true })
  writeFileSync(options.json ?? join(results, 'bench.json'), `${JSON.stringify(stored, null, 1)}\n`)
  console.log(`\n${tableOf(stored)}\n`)
  for (const { name, bytes, budget } of sizes) {
    console.log(`${name.padEnd(17)} ${kilobytes(bytes)} KB min+gz (budget ${kilobytes(budget)})`)
  }
  console.log(`${noiseLine(stored.rows)}; ${facts.runtime}, ${facts.cpu}, ${facts.cores} cores`)
  return verdict(budgets, measured)
}

async function measureAll(wanted: readonly Row[], host: Host, quick: boolean, budgets: Budgets): Promise<RowResult[]> {
  const measured: RowResult[] = []
  for (const row of wanted) {
    const start = performance.now()
    process.stdout.write(`${row.name.padEnd(22)} `)
    const result = await fairly(row, host, quick, budgets)
    if (result) measured.push(result)
    console.log(`${((performance.now() - start) / 1_000).toFixed(1)} s`)
  }
  return measured
}

/** A row beyond its budget is measured once more, and the second measurement counts: a neighbour's burst is no regression. */
async function fairly(row: Row, host: Host, quick: boolean, budgets: Budgets): Promise<RowResult | null> {
  const first = await measureRow(row, host, quick)
  if (!first || excesses(budgets, first).length === 0) return first
  process.stdout.write('beyond its budget, once more … ')
  return measureRow(row, host, quick)
}

function verdict(budgets: Budgets, measured: readonly RowResult[]): number {
  const beyond = measured.flatMap((result) => excesses(budgets, result))
  for (const { row, contestant, what, value, budget } of beyond) {
    console.error(`BEYOND BUDGET ${row}: ${contestant}, ${what}: ${value.toFixed(2)}, budget ${budget}`)
  }
  // The probe's sum is used, so that its loop is run.
  return beyond.length > 0 || Number.isNaN(probeResult()) ? 1 : 0
}

function kilobytes(bytes: number): string {
  return (bytes / 1024).toFixed(1)
}
