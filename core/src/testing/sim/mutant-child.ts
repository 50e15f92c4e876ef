import type { ProtocolRates } from './protocol/protocol-faults.ts'
import { runProtocolWorld, runWorld } from './run-worlds.ts'
import { loadSimSqlite } from './sim-sqlite.ts'

/** Worlds to run, in order, until one reports `rule`; with null: all. */
export interface Run {
  readonly name: string
  readonly from: number
  readonly worlds: number
  readonly rule: string | null
  readonly faults?: Partial<ProtocolRates> | undefined
  readonly world?: 'full' | 'protocol' | undefined
}

/** A line of this process's output: a world that reported something. */
export interface Found {
  readonly name: string
  readonly seed: number
  readonly rule: string
  readonly what: string
}

/** Steps after which a world is given up: sound ones take 3,000, those with a huge commit 20,000. */
const STEPS = 60_000

/** All code is there at once, unless a mutant is about that: what it is shown by stays the same world. */
const IN_TIME = { lateSessions: 0, lateCode: 0 }

const runs = JSON.parse(process.argv[2] ?? '[]') as Run[]
let at: { name: string; seed: number } = { name: '', seed: 0 }
function tell(found: { rule: string; what: string }): void {
  process.stdout.write(`${JSON.stringify({ ...at, ...found } satisfies Found)}\n`)
}
process.on('unhandledRejection', (thrown) => tell({ rule: 'ERROR', what: String(thrown) }))

const openMemory = await loadSimSqlite()
for (const { name, from, worlds, rule, faults, world } of runs) {
  for (let seed = from; seed < from + worlds; seed++) {
    at = { name, seed }
    const options = { seed, steps: STEPS, faults: { ...IN_TIME, ...faults } }
    const outcome = await (world === 'protocol' ? runProtocolWorld(options) : runWorld({ ...options, openMemory }))
    if (!('failure' in outcome)) continue
    tell({ rule: outcome.failure.rule, what: outcome.failure.report })
    if (outcome.failure.rule === rule) break
  }
}
process.exit(0)
