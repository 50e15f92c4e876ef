import { readCommandLine } from '../../../../scripts/command-line.ts'
import { type Failure, runProtocolWorld, runWorld } from './run-worlds.ts'
import { shrinkWorld } from './shrink.ts'
import { loadSimSqlite } from './sim-sqlite.ts'

const { values } = readCommandLine({
  command: 'npm run soak',
  about:
    'Random worlds of clients, tabs, leaders and a server on virtual time, under faults; every rule is checked in each.\n' +
    'A seed that fails is printed with what it broke; the same seed is the same world again.',
  options: {
    seed: { kind: 'count', value: '<n>', text: 'the world of this seed alone, told in full' },
    from: { kind: 'count', value: '<n>', text: 'the first seed (1)' },
    worlds: { kind: 'count', value: '<n>', text: 'how many (1,000; as many as there is time for with --minutes)' },
    minutes: { kind: 'number', value: '<n>', text: 'end after so long' },
    protocol: { kind: 'switch', text: 'leaders without tables: a hundred times as many worlds in the same time' },
    shrink: {
      kind: 'switch',
      text: 'with a --seed that fails: the smallest plan that breaks the same rule, within --minutes (2)',
    },
  },
})

const openMemory = await loadSimSqlite()
const began = performance.now()
if (values.shrink) await shrink()
const from = values.seed ?? values.from ?? 1
const minutes = values.minutes ?? Number.POSITIVE_INFINITY
const many = values.worlds ?? (values.minutes === undefined ? 1_000 : Number.POSITIVE_INFINITY)
const worlds = values.seed === undefined ? many : 1

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
  const limit = (values.minutes ?? 2) * 60
  const shrunk = await shrinkWorld({ seed: values.seed, openMemory }, () => seconds() < limit)
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
