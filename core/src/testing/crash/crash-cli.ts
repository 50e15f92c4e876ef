import { readCommandLine } from '../../../../scripts/command-line.ts'
import { Violation } from '../sim/violation.ts'
import { CrashRig } from './crash-rig.ts'
import { checkIoErrors } from './io-errors.ts'
import { plantedFault } from './planted-fault.ts'

const { values } = readCommandLine({
  command: 'npm run crash-points',
  about:
    "Cuts the leader's writes to its file off after each single operation, as a kill and as a loss of power would, and opens what is left;\n" +
    'then has each operation fail.',
  options: {
    seeds: { kind: 'count', value: '<n>', text: 'workloads (3)' },
    commits: { kind: 'count', value: '<n>', text: 'commits in each (10)' },
    every: { kind: 'count', value: '<n>', text: 'a cut after every n-th operation alone (1)' },
    killed: { kind: 'switch', text: 'only what a kill leaves: the part that a planted fault has to fail' },
  },
})
const { seeds = 3, commits = 10 } = values
const every = Math.max(1, values.every ?? 1)
const rig = await CrashRig.load()
let failed = false

for (let seed = 1; seed <= seeds; seed++) {
  const normal = await rig.record('NORMAL', { commits, seed })
  if (values.killed) {
    await holds(`seed ${seed}: killed, normal`, () => rig.check(normal, { kind: 'written', every, seed }))
    continue
  }
  const full = await rig.record('FULL', { commits, seed })
  await holds(`seed ${seed}: killed, normal`, () => rig.check(normal, { kind: 'written', every, seed }))
  await holds(`seed ${seed}: killed, full`, () => rig.check(full, { kind: 'written', every, seed }))
  await holds(`seed ${seed}: power lost, full`, () => rig.check(full, { kind: 'torn', every, seed }))
  await holds(`seed ${seed}: power lost, normal: nothing torn`, () =>
    rig.check(normal, { kind: 'torn', durable: false, every, seed }),
  )
}
if (values.killed) process.exit(failed ? 1 : 0)
await holds('each operation fails once (I/O error)', () =>
  checkIoErrors(rig, { code: 10, count: 1, commits: 2, seed: 1, every }),
)
await holds('each operation fails, and 20 after it (disk full)', () =>
  checkIoErrors(rig, { code: 13, count: 20, commits: 2, seed: 1, every }),
)
const off = await rig.record('OFF', { commits, seed: 1 })
const full = await rig.record('FULL', { commits, seed: 1 })
await breaks('synchronous = OFF, power lost', () => rig.check(off, { kind: 'torn' }))
await breaks('a disk that lies, power lost', () => rig.check(full, { kind: 'torn', lyingDisk: true }))
const planted = plantedFault()
console.log(`${planted.found ? '✓' : '✗'} log and state in two transactions: ${planted.told}`)
process.exit(failed || !planted.found ? 1 : 0)

async function holds(what: string, check: () => Promise<number>): Promise<void> {
  const began = performance.now()
  try {
    const points = await check()
    console.log(`✓ ${what}: ${points} points, ${((performance.now() - began) / 1000).toFixed(1)} s`)
  } catch (thrown) {
    if (!(thrown instanceof Violation)) throw thrown
    failed = true
    console.log(`✗ ${what}: ${thrown.message}`)
  }
}

/** A control: shows that the check can fail. */
async function breaks(what: string, check: () => Promise<number>): Promise<void> {
  try {
    await check()
    failed = true
    console.log(`✗ ${what}: nothing was found, although it must not hold`)
  } catch (thrown) {
    if (!(thrown instanceof Violation)) throw thrown
    console.log(`✓ ${what} is found: ${thrown.message}`)
  }
}
