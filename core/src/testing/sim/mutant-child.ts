import type { ProtocolRates } from './protocol/protocol-faults.ts'
import { runProtocolWorld, runWorld } from './run-worlds.ts'
import { loadSimSqlite } from './sim-sqlite.ts'

/** Runs worlds in this process until one reports the wanted rule; prints a line of JSON for each that reports any. */

const { from, worlds, rule, faults, world } = JSON.parse(process.argv[2] ?? '{}') as {
  from: number
  worlds: number
  rule: string | null
  faults?: Partial<ProtocolRates>
  world?: 'full' | 'protocol'
}

let seed = from
function tell(found: { rule: string; what: string }): void {
  process.stdout.write(`${JSON.stringify({ seed, ...found })}\n`)
}
process.on('unhandledRejection', (thrown) => tell({ rule: 'ERROR', what: String(thrown) }))

const openMemory = await loadSimSqlite()
for (; seed < from + worlds; seed++) {
  const options = { seed, ...(faults && { faults }) }
  const outcome = await (world === 'protocol' ? runProtocolWorld(options) : runWorld({ ...options, openMemory }))
  if (!('failure' in outcome)) continue
  tell({ rule: outcome.failure.rule, what: outcome.failure.report })
  if (outcome.failure.rule === rule) break
}
process.exit(0)
