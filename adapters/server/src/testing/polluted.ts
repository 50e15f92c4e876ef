import { hostClock, hostRandom } from '@livefold/core/adapter'
import { createSyncServer } from '@livefold/core/server'
import { sqliteLogStore } from '../sqlite-log-store.ts'
import { AttackLine } from './attack-line.ts'

/** Child process: takes frames one by one, each on a connection of its own, and tells what became of `Object.prototype`. */
const [frozen, frames] = process.argv.slice(2) as [string, string]
const before = Object.getOwnPropertyNames(Object.prototype)
if (frozen === 'frozen') Object.freeze(Object.prototype)
const clock = hostClock(globalThis)
const random = hostRandom(globalThis)
const log = sqliteLogStore({ file: ':memory:' })
const server = createSyncServer({ log, clock, random })
let refused = 0
let stored = 0
for (const [i, frame] of (JSON.parse(frames) as string[]).entries()) {
  const line = await AttackLine.open(server, { storeId: `store-${i}` })
  line.send(frame)
  const answer = await line.until(({ type }) => type !== 'welcome')
  if (answer?.type === 'pushed') stored++
  else refused++
  if (answer?.type === 'pushed') {
    line.send({ type: 'pull', ref: 9, after: 0, afterId: null, limit: 1, live: false })
    await line.until(({ type }) => type === 'page')
  }
  line.end()
}
await server.close()
await log.close()
process.send?.({
  polluted: 'polluted' in {},
  keys: Object.getOwnPropertyNames(Object.prototype).filter((key) => !before.includes(key)),
  refused,
  stored,
})
process.disconnect()
