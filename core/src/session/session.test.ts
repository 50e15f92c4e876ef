import { expect, test } from 'vitest'
import type { Channel } from '../protocol/channel.ts'
import type { Frame, LeaderMessage, SessionMessage } from '../protocol/leader-messages.ts'
import { ChangeCollector } from '../replica/change-collector.ts'
import { Author, confirmed } from '../replica/testing/author.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { openMemory } from '../testing/open-wasm.ts'
import { todoEvents as events, todoSchema } from '../testing/todo-schema.ts'
import { seededRandom, VirtualClock } from '../testing/virtual-clock.ts'
import { Following, type FollowingParts } from './following.ts'
import { Session } from './session.ts'

/** A session whose leader the test plays. */
class Rig {
  readonly clock = new VirtualClock()
  readonly sent: SessionMessage[] = []
  readonly session: Session
  driver: SqliteDriver | null = null
  #listener: ((frame: Frame<LeaderMessage>) => void) | null = null

  constructor(parts: () => FollowingParts | null = () => ({ Following, ChangeCollector })) {
    const channel: Channel<Frame<SessionMessage>, Frame<LeaderMessage>> = {
      send: ({ message }) => this.sent.push(message),
      listen: (listener) => {
        this.#listener = listener
      },
      close: () => {},
    }
    this.session = new Session(
      {
        schema: todoSchema,
        channel,
        openReplica: () => {
          this.driver = openMemory()
          return this.driver
        },
        clock: this.clock,
        random: seededRandom(1),
        development: false,
        parts,
      },
      {
        replica: () => {},
        rebase: () => {},
        rejected: () => {},
        quarantined: () => {},
        leader: () => {},
        status: () => {},
        failed: () => {},
        token: async () => null,
        changed: () => {},
      },
    )
    void this.session.booted.catch(() => {})
  }

  say(message: LeaderMessage): void {
    this.#listener?.({ epoch: 1, message })
  }

  get hellos() {
    return this.sent.filter((message) => message.type === 'hello')
  }

  get drafts(): unknown[] {
    return this.driver?.prepare('SELECT key FROM drafts ORDER BY key').values().flat() ?? []
  }
}

const page = { type: 'log', dbId: 'db', clientId: 'c', after: 0, more: false, pending: [], outcomes: [] } as const

test('STATE-5 the late answer to one of two hellos from head 0 takes no local event back', async () => {
  const rig = new Rig()
  const author = new Author(todoSchema, 'else')
  const draft = author.commit(events.draftPut({ key: 'a', value: 1 }))
  const foreign = confirmed(author.commit(events.counted({ id: 1, by: 1 })), 1)
  rig.say({ type: 'announce', dbId: 'db', head: 0 })
  rig.say({ ...page, events: [], local: draft, localHead: 1 })
  await rig.session.booted
  rig.say({ type: 'announce', dbId: 'db', head: 0 })
  rig.say({ type: 'announce', dbId: 'db', head: 0 })
  expect(rig.hellos.slice(1)).toMatchObject([
    { head: 0, localHead: 1 },
    { head: 0, localHead: 1 },
  ])
  for (let i = 0; i < 2; i++) rig.say({ ...page, events: foreign, local: [], localHead: 1 })
  await rig.clock.run()
  expect([rig.session.head, rig.drafts]).toEqual([1, ['a']])
  rig.session.close()
})

test('LOG-1 a session whose id is taken goes on under another one, and asks again', async () => {
  const rig = new Rig()
  const first = rig.session.sessionId
  rig.say({ type: 'announce', dbId: 'db', head: 0 })
  rig.say({ type: 'taken', sessionId: first })
  expect(rig.hellos.map((hello) => hello.type === 'hello' && hello.sessionId)).toEqual([first, rig.session.sessionId])
  expect(rig.session.sessionId).not.toBe(first)
  // Meant for the id that it has given up.
  rig.say({ type: 'taken', sessionId: first })
  expect(rig.hellos).toHaveLength(2)
  rig.say({ ...page, events: [], local: [], localHead: 0 })
  await rig.session.booted
  expect(rig.session.commit([events.counted({ id: 1, by: 1 })]).ids).toEqual([`${rig.session.sessionId}.1`])
  rig.session.close()
})

test('BND-1 a snapshot that cannot be opened leaves no database behind, however often it is asked for', async () => {
  const rig = new Rig()
  const opened = new Set<SqliteDriver>()
  rig.say({ type: 'announce', dbId: 'db', head: 0 })
  const snapshot = { ...page, type: 'snapshot', bytes: new Uint8Array(4096), base: 0, localHead: 0 } as const
  for (let i = 0; i < 3; i++) {
    rig.say({ ...snapshot, confirmed: [] })
    if (rig.driver) opened.add(rig.driver)
    await rig.clock.run(1_000)
  }
  rig.session.close()
  expect(opened.size).toBe(3)
  for (const driver of opened) expect(() => driver.exec('SELECT 1')).toThrow(/closed/)
})

test('BND-1 an answer that waits for its code is not asked for again, and what another leader says takes its place', async () => {
  let there = false
  const rig = new Rig(() => (there ? { Following, ChangeCollector } : null))
  const author = new Author(todoSchema, 'else')
  const draft = author.commit(events.draftPut({ key: 'a', value: 1 }))
  const foreign = confirmed(author.commit(events.counted({ id: 1, by: 1 })), 1)
  rig.say({ type: 'announce', dbId: 'db', head: 0 })
  rig.say({ ...page, events: [], local: draft, localHead: 1 })
  await rig.clock.run(60_000)
  expect(rig.hellos).toHaveLength(1)
  rig.say({ type: 'announce', dbId: 'db', head: 0 })
  rig.say({ ...page, events: foreign, local: draft, localHead: 1 })
  there = true
  rig.session.complete()
  await rig.session.booted
  await rig.clock.run(60_000)
  expect([rig.hellos.length, rig.session.head, rig.drafts]).toEqual([2, 1, ['a']])
  rig.session.close()
})
