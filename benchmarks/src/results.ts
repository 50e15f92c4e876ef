import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Arguments } from './arguments.ts'
import { htmlOf } from './report/html.ts'
import type { StoredRun } from './suite/report-json.ts'

export const RESULTS = join(import.meta.dirname, '../../results')

/** The last run of each place. */
export interface Results {
  readonly runs: readonly StoredRun[]
}

/**
 * Keeps a run in place of the one before from the same place, as JSON and as one HTML page. Runs of some rows alone are kept
 * only where `--json` says; quick ones have files of their own.
 */
export function keepRun(run: StoredRun, { only, quick, json }: Arguments): void {
  if (only.length > 0 && json === null) return
  const file = json ?? join(RESULTS, quick ? 'bench-quick.json' : 'bench.json')
  const others = json === null ? readResults(file).runs.filter(({ place }) => place !== run.place) : []
  const results = { runs: [run, ...others].sort((a, b) => order(a) - order(b)) }
  mkdirSync(RESULTS, { recursive: true })
  writeFileSync(file, `${JSON.stringify(results, null, 1)}\n`)
  writeFileSync(file.replace(/(\.json)?$/, '.html'), htmlOf(results.runs))
}

export function readResults(file = join(RESULTS, 'bench.json')): Results {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { runs: [] }
}

function order({ place }: StoredRun): number {
  return ['node', 'peers', 'chromium', 'firefox'].indexOf(place)
}
