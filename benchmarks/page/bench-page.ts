import { session } from '../src/livefold/livefold-memory.ts'
import { rawMemory } from '../src/raw/raw-memory.ts'
import { pageRows } from '../src/rows/page-rows.ts'
import { storedRows } from '../src/rows/stored-rows.ts'
import { tabRows } from '../src/rows/tab-rows.ts'
import { localHost } from '../src/suite/host.ts'
import { probeNoise } from '../src/suite/noise.ts'
import type { Trial } from '../src/suite/row.ts'
import type { BenchApi } from './bench-api.ts'
import { broadcast } from './broadcast.ts'
import { livefoldPage } from './livefold-page.ts'

const rows = [...pageRows, ...storedRows, ...tabRows]
const quick = new URLSearchParams(location.search).has('quick')
let directories = 0
const setting = { quick, directory: () => `bench-${directories++}` }
const host = localHost([rawMemory, session, livefoldPage, broadcast], setting)
const trials: Trial[] = []

const api: BenchApi = {
  contestants: () => Object.fromEntries(rows.map((row) => [row.name, host.contestants(row)])),
  async start(name, contestant, size) {
    const row = rows.find((each) => each.name === name)
    const trial = row && (await host.start(row, contestant, size))
    return trial ? trials.push(trial) - 1 : null
  },
  sample: async (trial) => (trials[trial] as Trial).sample(),
  figures: async (trial) => (await (trials[trial] as Trial).figures?.()) ?? [],
  async end(trial) {
    await (trials[trial] as Trial).end()
    delete trials[trial]
  },
  probe: probeNoise,
}

Object.assign(globalThis, { bench: api })
