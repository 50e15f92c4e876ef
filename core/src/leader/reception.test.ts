import { expect, test } from 'vitest'
import * as parts from '../leader-parts.ts'
import type { Frame, SessionMessage } from '../protocol/leader-messages.ts'
import { openMemory } from '../testing/open-wasm.ts'
import { todoSchema } from '../testing/todo-schema.ts'
import { seededRandom, VirtualClock } from '../testing/virtual-clock.ts'
import { Reception } from './reception.ts'
import { boot } from './testing/boot-file.ts'

test('BND-1 keeps no letters without end; who is here then is to greet again, before anything else', async () => {
  const driver = openMemory()
  const booted = await boot(driver, todoSchema)
  const reception = new Reception(
    {
      ...booted,
      storeId: 's',
      schema: todoSchema,
      driver,
      openMemory,
      clock: new VirtualClock(),
      random: seededRandom(1),
      storage: 'persisted',
      parts,
      damage: null,
      quarantined: [],
    },
    () => ({ type: 'announce', dbId: '', head: 0 }),
  )
  let hear: (frame: Frame<SessionMessage>) => void = () => {}
  reception.connect({
    send() {},
    close() {},
    listen(listener) {
      hear = listener
    },
  })
  const say = (message: SessionMessage) => hear({ epoch: booted.epoch, message })
  const { hash: schemaHash, version } = todoSchema
  say({
    type: 'hello',
    sessionId: 'a',
    dbId: null,
    head: 0,
    localHead: 0,
    schemaHash,
    version,
    made: 0,
    unconfirmed: [],
  })
  for (let i = 0; i < 50_000; i++) say({ type: 'seen', n: i })
  expect([reception.letters.length, reception.overflown]).toEqual([50_000, false])
  expect([...reception.guests].map(({ sessionId }) => sessionId)).toEqual(['a'])
  say({ type: 'seen', n: 0 })
  expect([reception.letters.length, reception.overflown]).toEqual([0, true])
  say({ type: 'seen', n: 0 })
  expect(reception.letters.length).toBe(0)
  expect([...reception.guests].map(({ sessionId }) => sessionId)).toEqual([null])
  reception.close()
})
