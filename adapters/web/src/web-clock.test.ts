import { expect, test } from 'vitest'
import { webClock } from './web-clock.ts'

test('SYNC-2 what throws holds up nothing that is to run in the same turn, and surfaces', async () => {
  const clock = webClock()
  const uncaught: unknown[] = []
  const before = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', (thrown) => uncaught.push(thrown))
  const ran: string[] = []
  const failure = new Error('mine')
  await new Promise<void>((done) => {
    clock.soon(() => ran.push('first'))
    clock.soon(() => {
      throw failure
    })
    clock.soon(() => ran.push('last'))
    clock.soon(done)
  })
  await new Promise((settled) => setImmediate(settled))
  process.removeAllListeners('uncaughtException')
  for (const listener of before) process.on('uncaughtException', listener)
  clock.close()
  expect(ran).toEqual(['first', 'last'])
  expect(uncaught).toEqual([failure])
})
