import { expect, test } from 'vitest'
import { runWorlds } from './run-worlds.ts'
import { loadSimSqlite } from './sim-sqlite.ts'

const FROM = 501
const WORLDS = 500
const CHUNK = 50

const openMemory = await loadSimSqlite()

for (let from = FROM; from < FROM + WORLDS; from += CHUNK) {
  test(`LOG-1 LOG-2 LOG-3 LOG-4 STATE-1 STATE-2 STATE-3 STATE-5 SESS-1 QRY-1 QRY-2 SYNC-1 SYNC-2 LEAD-1 DUR-1 BND-1 hold in the worlds of seeds ${from} to ${from + CHUNK - 1}`, async () => {
    const failures = await runWorlds(from, CHUNK, openMemory)
    expect(failures.map((failure) => failure.report)).toEqual([])
  })
}
