import { expect, test } from 'vitest'
import { hostClock, messageTurns } from './clock.ts'

const bare = { Date, performance, setTimeout, clearTimeout, crypto, Math }
const noTimers = {
  ...bare,
  setTimeout() {
    throw new Error('a timer, which pages hold back')
  },
}

/** The order in which turns come that ask for another one. */
async function nested(clock: ReturnType<typeof hostClock>): Promise<string[]> {
  const ran: string[] = []
  await new Promise<void>((done) => {
    clock.soon(() => {
      ran.push('first')
      clock.soon(() => ran.push('nested'))
      clock.soon(done)
    })
    clock.soon(() => ran.push('second'))
  })
  return ran
}

test('turns come in order, in Node without timers', async () => {
  const { setImmediate } = globalThis
  expect(await nested(hostClock({ ...noTimers, setImmediate }))).toEqual(['first', 'second', 'nested'])
})

test('turns come in order, in pages without timers', async () => {
  const channels: { readonly port1: { close(): void } }[] = []
  class Channel extends MessageChannel {
    constructor() {
      super()
      channels.push(this)
    }
  }
  const page = { ...noTimers, MessageChannel: Channel }
  const clock = hostClock(page)
  expect(channels).toHaveLength(0)
  expect(await nested(clock)).toEqual(['first', 'second', 'nested'])
  expect(await nested(hostClock(page))).toEqual(['first', 'second', 'nested'])
  expect(channels).toHaveLength(1)
  for (const { port1 } of channels) port1.close()
})

test('turns come in order where there are timers alone', async () => {
  expect(await nested(hostClock(bare))).toEqual(['first', 'second', 'nested'])
})

test('what waits for a message is dropped when the turns are closed', async () => {
  const turns = messageTurns(globalThis)
  const ran: string[] = []
  await new Promise<void>((done) => {
    turns.soon(() => {
      ran.push('first')
      turns.close()
      setImmediate(done)
    })
    turns.soon(() => ran.push('second'))
  })
  expect(ran).toEqual(['first'])
})
