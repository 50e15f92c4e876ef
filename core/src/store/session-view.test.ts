import { expect, it } from 'vitest'
import * as leaderParts from '../leader-parts.ts'
import type { EventRecord } from '../protocol/event-record.ts'
import type { LeaderMessage } from '../protocol/leader-messages.ts'
import { openMemory } from '../testing/open-wasm.ts'
import { TestClient } from '../testing/test-client.ts'
import type { AdapterConnection, ConnectOptions, SessionView } from './adapter.ts'
import { events, notes, notesSchema } from './testing/notes-schema.ts'

const add = (id: string) => events.noteAdded({ id, text: '' })
const ids = (view: SessionView, options?: { unconfirmed: boolean }) =>
  view.unacked(options).map((commit) => commit.events.map((event) => event.id))

/** A platform that looks at its session, as one does whose page may go at any moment. */
class WatchingClient extends TestClient {
  view: SessionView | null = null
  changes = 0

  override async connect(options: ConnectOptions): Promise<AdapterConnection> {
    const connection = await super.connect(options)
    return {
      ...connection,
      attach: (view) => {
        this.view = view
      },
      changed: () => {
        this.changes += 1
      },
    }
  }
}

async function opened() {
  const client = new WatchingClient({ schema: notesSchema() })
  const store = await client.open()
  return { client, store, view: client.view as SessionView }
}

it('DUR-1 a platform sees what the leader has not acked, in the turn of the commit, in order, and hears of each change', async () => {
  const { client, store, view } = await opened()
  expect(ids(view)).toEqual([])
  expect(view.hasUnacked()).toBe(false)
  const before = client.changes
  const first = store.commit(add('a'), add('b'))
  const second = store.commit(add('c'))
  expect(ids(view)).toEqual([first.ids, second.ids])
  expect(view.hasUnacked()).toBe(true)
  expect(client.changes).toBeGreaterThan(before)
  const committed = client.changes
  await client.clock.run()
  expect(ids(view)).toEqual([])
  expect(view.hasUnacked()).toBe(false)
  expect(client.changes).toBeGreaterThan(committed)
})

it('acked and not confirmed is told apart', async () => {
  const sync = { name: 'silent', ordered: true, connect: () => ({ send() {}, close() {} }) }
  const client = new WatchingClient({ schema: notesSchema(), sync })
  const store = await client.open()
  const view = client.view as SessionView
  const receipt = store.commit(add('a'))
  const acked = receipt.acked
  await client.clock.run()
  await acked
  expect([ids(view), ids(view, { unconfirmed: true })]).toEqual([[], [receipt.ids]])
  expect([view.hasUnacked(), view.hasUnacked({ unconfirmed: true })]).toEqual([false, true])
})

it('DUR-1 what a session left behind is taken in once, whoever sends it', async () => {
  const { client, store, view } = await opened()
  store.commit(add('left behind'))
  const left = structuredClone(view.unacked()) as { local: boolean; events: EventRecord[] }[]
  await client.stop()
  client.lead()
  await client.clock.run()
  const courier = await client.connect({ storeId: 's', schema: client.schema, development: true })
  courier.channel.listen(({ epoch, message }: { epoch: number; message: LeaderMessage }) => {
    if (message.type !== 'announce') return
    for (const commit of left) courier.channel.send({ epoch, message: { type: 'commit', ...commit } })
  })
  await client.clock.run()
  expect(store.query(notes.count())).toBe(1)
  expect(store.status.upstreamHead.value).toBe(1)
})

it('what the platform waits for is in status until it says something else', async () => {
  const { store, view } = await opened()
  const wait = { code: 'storage', detail: 'room', since: 1 } as const
  view.wait([wait])
  expect(store.status.waits.value).toEqual([wait])
  view.wait([])
  expect(store.status.waits.value).toEqual([])
})

it('a database that is new keeps the name of the client that the platform remembers', async () => {
  const { LeaderHost } = await import('../leader/leader-host.ts')
  const client = new TestClient({ schema: notesSchema() })
  const open = async (driver: ReturnType<typeof openMemory>, clientId: string) => {
    const host = new LeaderHost({
      storeId: 's',
      schema: client.schema,
      driver,
      openMemory,
      clock: client.clock,
      random: { id: () => 'random', next: () => 0 },
      clientId,
      storage: 'memory',
      parts: leaderParts,
    })
    await client.clock.run()
    await host.opened
    return host.leader?.clientId
  }
  expect(await open(openMemory(), 'remembered')).toBe('remembered')
})
