import { beforeAll, describe, expect, test } from 'vitest'
import { CrashRig } from './crash-rig.ts'
import { checkIoErrors } from './io-errors.ts'
import { plantedFault } from './planted-fault.ts'

// All places, and more seeds: `npm run crash-points`.
const EVERY = 2
const COMMITS = 10

let rig: CrashRig
beforeAll(async () => {
  rig = await CrashRig.load()
})

describe.each([1, 2, 3])('the workload of seed %i, cut at every second file operation', (seed) => {
  test('DUR-1 STATE-1 STATE-2 killed, durability normal', async () => {
    const normal = await rig.record('NORMAL', { commits: COMMITS, seed })
    expect(await rig.check(normal, { kind: 'written', every: EVERY, seed })).toBeGreaterThan(300)
    // The power goes: what was acked last may be missing, what is there is whole.
    expect(await rig.check(normal, { kind: 'torn', durable: false, every: EVERY, seed })).toBeGreaterThan(300)
  })

  test('DUR-1 STATE-1 STATE-2 killed, and the power lost, durability full', async () => {
    const full = await rig.record('FULL', { commits: COMMITS, seed })
    expect(await rig.check(full, { kind: 'written', every: EVERY, seed })).toBeGreaterThan(300)
    expect(await rig.check(full, { kind: 'torn', every: EVERY, seed })).toBeGreaterThan(300)
  })
})

test.each([
  { name: 'fails once (I/O error)', code: 10, count: 1 },
  { name: 'and 20 after it fail (disk full)', code: 13, count: 20 },
])('DUR-1 SYNC-2 a file operation $name: the store gets over it', async ({ code, count }) => {
  expect(await checkIoErrors(rig, { code, count, commits: 2, seed: 1, every: 3 })).toBeGreaterThan(100)
})

describe('controls: what must not hold is found', () => {
  test('synchronous = OFF, when the power goes', async () => {
    const off = await rig.record('OFF', { commits: COMMITS, seed: 1 })
    await expect(rig.check(off, { kind: 'torn', every: 10 })).rejects.toThrow(/DUR-1|STATE-2/)
  })

  test('a disk that says it has synced, and has not', async () => {
    const full = await rig.record('FULL', { commits: COMMITS, seed: 1 })
    await expect(rig.check(full, { kind: 'torn', lyingDisk: true, every: 10 })).rejects.toThrow(/DUR-1|STATE-2/)
  })

  test('log and state in two transactions, killed between them', () => {
    expect(plantedFault()).toMatchObject({ found: true })
  })
})
