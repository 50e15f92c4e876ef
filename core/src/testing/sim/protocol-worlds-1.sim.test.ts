import { expect, test } from 'vitest'
import { runProtocolWorlds } from './run-worlds.ts'

const FROM = 1
const WORLDS = 10_000
const CHUNK = 1_000

for (let from = FROM; from < FROM + WORLDS; from += CHUNK) {
  test(`LOG-1 LOG-2 LOG-3 LOG-4 SYNC-1 SYNC-2 DUR-1 BND-1 hold in the protocol worlds of seeds ${from} to ${from + CHUNK - 1}`, async () => {
    const failures = await runProtocolWorlds(from, CHUNK)
    expect(failures.map((failure) => failure.report)).toEqual([])
  })
}
