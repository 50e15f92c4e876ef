import type { FaultRates } from './fault-rates.ts'
import { runWorld } from './run-worlds.ts'
import { loadSimSqlite } from './sim-sqlite.ts'

/** Runs worlds in this process until one reports the wanted rule; prints a line of JSON for each that reports any. */

const { from, worlds, rule, faults } = JSON.parse(process.argv[2] ?? '{}') as {
  from: number
  worlds: number
  rule: string | null
  faults?: Partial<FaultRates>
}

let seed = from
function tell(found: { rule: string; what: string }): void {
  process.stdout.write(`${JSON.stringify({ seed, ...found })}\n`)
}
process.on('unhandledRejection', (thrown) => tell({ rule: 'ERROR', what: String(thrown) }))

const openMemory = await loadSimSqlite()
for (; seed < from + worlds; seed++) {
  const outcome = await runWorld({ seed, openMemory, ...(faults && { faults }) })
  if (!('failure' in outcome)) continue
  tell({ rule: outcome.failure.rule, what: outcome.failure.report })
  if (outcome.failure.rule === rule) break
}
process.exit(0)
