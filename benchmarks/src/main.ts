import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCommandLine, USAGE_CODE, UsageError } from '../../scripts/command-line.ts'
import { type Arguments, argumentsOf, COMMAND_LINE, chosenRows } from './arguments.ts'
import { BenchDirectory } from './bench-directory.ts'
import { measureAlone, ownHost } from './own-host.ts'
import { packageSizes } from './package-sizes.ts'
import { markdownOf } from './report/markdown.ts'
import { keepRun, RESULTS, readResults } from './results.ts'
import { rows } from './rows/rows.ts'
import { runFacts } from './run-facts.ts'
import { type MeasureAgain, measureAll, verdict } from './run-rows.ts'
import { type PlacedBudgets, strayBudgets } from './suite/budgets.ts'
import type { Host } from './suite/host.ts'
import { storedRun } from './suite/report-json.ts'
import { noiseLine, tableOf } from './suite/report-table.ts'
import type { Row } from './suite/row.ts'

process.exitCode = await main(process.argv.slice(2))

async function main(given: readonly string[]): Promise<number> {
  try {
    const options = argumentsOf(readCommandLine(COMMAND_LINE, given))
    if (options.markdown) console.log(markdownOf(readResults().runs))
    else if (options.list) for (const { name, title } of rows) console.log(`${name.padEnd(22)} ${title}`)
    else return await run(options)
    return 0
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown
    console.error(thrown.message)
    return USAGE_CODE
  }
}

async function run(options: Arguments): Promise<number> {
  const { quick, place, only } = options
  const placed: PlacedBudgets = JSON.parse(
    readFileSync(options.budgets ?? join(import.meta.dirname, '../budgets.json'), 'utf8'),
  )
  const stray = Object.values(placed).flatMap((budgets) => strayBudgets(budgets, rows))
  if (stray.length > 0) throw new UsageError(`The budgets name rows that there are not: ${stray.join(', ')}.`)
  const budgets = placed[place] ?? {}
  const wanted = chosenRows(place === 'peers' ? rows.map(besidePeers) : rows, options)
  const opened = await openPlace(options)
  try {
    const facts = runFacts(place, opened.runtime, quick)
    const measured = await measureAll(wanted, opened.host, quick, budgets, opened.again)
    const sizes = only.length === 0 && place === 'node' ? await packageSizes() : []
    const stored = storedRun(facts, measured, budgets, sizes)
    keepRun(stored, options)
    console.log(`\n${tableOf(stored)}\n`)
    for (const { name, bytes, budget } of sizes) {
      console.log(`${name.padEnd(17)} ${kilobytes(bytes)} KB min+gz (budget ${kilobytes(budget)})`)
    }
    console.log(`${noiseLine(stored.rows)}; ${facts.runtime}, ${facts.cpu}, ${facts.cores} cores`)
    return verdict(budgets, measured)
  } finally {
    await opened.close()
  }
}

/** With fewer rounds and sizes: a peer's sample may take a thousand times ours. */
function besidePeers(row: Row): Row {
  const { warmup, quick, full } = row.rounds
  const rounds = { warmup: Math.ceil(warmup / 8), quick: Math.ceil(quick / 8), full: Math.ceil(full / 8) }
  return { ...row, rounds, ...(row.sizes && { sizes: { ...row.sizes, full: row.sizes.quick } }) }
}

interface Opened {
  readonly host: Host
  readonly runtime: string
  readonly again?: MeasureAgain
  close(): Promise<void> | void
}

async function openPlace({ place, quick }: Arguments): Promise<Opened> {
  if (place === 'chromium' || place === 'firefox') {
    const { openBenchBrowser } = await import('./browser/bench-browser.ts')
    return openBenchBrowser(place, quick)
  }
  const directory = new BenchDirectory(RESULTS)
  const own = ownHost(quick, directory)
  const runtime = `Node ${process.versions.node}`
  if (place === 'node')
    return { host: own, runtime, again: (row) => measureAlone(row, quick), close: () => directory.remove() }
  const { openPeers } = await import('./peers.ts')
  const host = await openPeers(own)
  return {
    host,
    runtime: `${runtime}, with peers`,
    async close() {
      directory.remove()
      await host.close()
    },
  }
}

function kilobytes(bytes: number): string {
  return (bytes / 1024).toFixed(1)
}
