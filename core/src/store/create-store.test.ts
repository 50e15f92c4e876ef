import { expect, it } from 'vitest'
import { StoreError, type StoreErrorCode } from '../base/errors.ts'
import { channelPair } from '../protocol/channel.ts'
import type { Frame, LeaderMessage, SessionMessage } from '../protocol/leader-messages.ts'
import * as sessionParts from '../session-parts.ts'
import { openMemory } from '../testing/open-wasm.ts'
import { seededRandom, VirtualClock } from '../testing/virtual-clock.ts'
import type { Adapter } from './adapter.ts'
import { createStore } from './create-store.ts'
import { notesSchema } from './testing/notes-schema.ts'

/** What a store is refused with whose leader has said that, and then no more. */
async function refusalAfter(code: StoreErrorCode): Promise<StoreError> {
  const clock = new VirtualClock()
  const [channel, leader] = channelPair<Frame<SessionMessage>, Frame<LeaderMessage>>(clock)
  const adapter: Adapter = {
    connect: async () => ({
      channel,
      openReplica: openMemory,
      parts: sessionParts,
      clock,
      random: seededRandom(1),
      close: async () => {},
    }),
    delete: async () => {},
  }
  const opening = createStore({ schema: notesSchema(), storeId: 's', adapter })
  const refused = opening.then(
    () => expect.unreachable(),
    (thrown) => thrown as StoreError,
  )
  const status = {
    phase: 'starting',
    connection: 'offline',
    backendHead: 0,
    storage: 'persisted',
    waits: [],
    error: new StoreError(code, 'as the leader said').toJSON(),
    quarantined: [],
    rebuild: null,
  } as const
  leader.send({ epoch: 0, message: { type: 'status', status } })
  await clock.run(60_000)
  return refused
}

it('a store that does not open says what its leader waits for, and misses the leader rather than a backend', async () => {
  expect(await refusalAfter('storage/full')).toMatchObject({
    code: 'storage/full',
    message: expect.stringMatching('as the leader said'),
  })
  expect(await refusalAfter('sync/offline')).toMatchObject({
    code: 'leader/lost',
    message: expect.stringMatching('no leader answered'),
  })
})
