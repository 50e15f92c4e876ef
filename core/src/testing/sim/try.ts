import initSqlite from '@sqlite.org/sqlite-wasm'
import { openWasmDriver } from '../../sqlite/wasm-driver.ts'
import { World } from './world.ts'
const sqlite3 = (await initSqlite()) as never
const from = Number(process.argv[2] ?? 1),
  n = Number(process.argv[3] ?? 1)
let bad = 0,
  steps = 0,
  events = 0
const t0 = performance.now()
for (let seed = from; seed < from + n; seed++) {
  const t = performance.now()
  try {
    const r = await new World({ seed, openMemory: () => openWasmDriver(sqlite3) }).run()
    steps += r.steps
    events += r.events
    if (n < 20) console.log(seed, JSON.stringify(r), (performance.now() - t).toFixed(0))
  } catch (e) {
    bad++
    console.log(
      'SEED',
      seed,
      String((e as Error).stack)
        .split('\n')
        .slice(0, process.env.LINES ? Number(process.env.LINES) : 1)
        .join('\n')
        .slice(0, 1500),
    )
  }
}
const s = (performance.now() - t0) / 1000
console.log({
  n,
  bad,
  worldsPerS: n / s,
  stepsPerS: steps / s,
  events: events / n,
  heap: process.memoryUsage().rss / 1e6,
})
