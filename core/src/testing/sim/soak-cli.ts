import { parseArgs } from 'node:util'
import { type Failure, runProtocolWorld, runWorld } from './run-worlds.ts'
import { shrinkWorld } from './shrink.ts'
import { loadSimSqlite } from './sim-sqlite.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
    worlds: { type: 'string' },
    minutes: { type: 'string' },
    // Leaders without tables: two orders of magnitude more worlds in the same time.
    protocol: { type: 'boolean', default: false },
    // With a seed that fails: the smallest plan that breaks the same rule, found within `minutes` (default 2).
    shrink: { type: 'boolean', default: false },
  },
})

const openMemory = await loadSimSqlite()
const began = performance.now()
if (values.shrink) await shrink()
const from = Number(values.seed ?? values.from)
const minutes = values.minutes === undefined ? Number.POSITIVE_INFINITY : Number(values.minutes)
const given = values.worlds === undefined ? null : Number(values.worlds)
const worlds = values.seed === undefined ? (given ?? (minutes < Number.POSITIVE_INFINITY ? minutes * 1e9 : 1_000)) : 1

const failures: Failure[] = []
let done = 0
let steps = 0
let events = 0
process.on('unhandledRejection', (thrown) => {
  console.error(`Seed ${from + done}: a promise was rejected and nobody heard.`, thrown)
  process.exit(1)
})

for (; done < worlds && seconds() < minutes * 60; done++) {
  const seed = from + done
  const outcome = await (values.protocol ? runProtocolWorld({ seed }) : runWorld({ seed, openMemory }))
  if ('failure' in outcome) {
    failures.push(outcome.failure)
    console.error(`${outcome.failure.report}\n`)
  } else {
    steps += outcome.result.steps
    events += outcome.result.events
    if (values.seed !== undefined) console.log(outcome.result)
  }
  if (done % 200 === 199) console.log(`${done + 1} worlds, ${failures.length} failed, ${rate(done + 1)} worlds/s`)
}
console.log(
  `${done} worlds from seed ${from} in ${seconds().toFixed(1)} s: ${rate(done)} worlds/s, ${rate(steps)} steps/s, ` +
    `${(events / Math.max(1, done - failures.length)).toFixed(0)} events a world, ${failures.length} failed`,
)
if (failures.length > 0)
  console.error(`Failing seeds: ${failures.map(({ seed, rule }) => `${seed} (${rule})`).join(', ')}`)
process.exit(failures.length > 0 ? 1 : 0)

async function shrink(): Promise<never> {
  if (values.seed === undefined || values.protocol) {
    console.error('--shrink needs the --seed of a full world that fails.')
    process.exit(2)
  }
  const limit = Number(values.minutes ?? 2) * 60
  const shrunk = await shrinkWorld({ seed: Number(values.seed), openMemory }, () => seconds() < limit)
  if (!shrunk) {
    console.log(`The world of seed ${values.seed} breaks no rule: there is nothing to shrink.`)
    process.exit(0)
  }
  for (const { at, did } of shrunk.acts) console.log(`${String(at).padStart(7)} ms  ${did}`)
  console.log(`\n${shrunk.report}`)
  console.log(
    `${shrunk.acts.length} of ${shrunk.of} acts still break ${shrunk.rule}: ${shrunk.runs} worlds in ${seconds().toFixed(1)} s`,
  )
  process.exit(1)
}

function seconds(): number {
  return (performance.now() - began) / 1000
}

function rate(count: number): string {
  return (count / seconds()).toFixed(1)
}
