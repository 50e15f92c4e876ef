import { defineEvents, defineSchema, event, table, text } from '@livefold/core'
import {
  type Clock,
  type Frame,
  hostClock,
  hostRandom,
  LeaderHost,
  type LeaderMessage,
  openWasmDriver,
  type SessionMessage,
  type Sqlite3Static,
} from '@livefold/core/adapter'
import * as parts from '@livefold/core/leader-parts'
import initSqlite from '@sqlite.org/sqlite-wasm'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LeaderLines } from './leader-lines.ts'
import { LeftoverCourier } from './leftover-courier.ts'
import { leftoverKeys } from './leftover-keys.ts'
import { writeLeftovers } from './leftovers.ts'
import { LineChannel } from './line-channel.ts'
import { Presence } from './presence.ts'
import { storeNames } from './store-names.ts'

const anything = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } } as const
const notes = table('notes', { id: text().primaryKey() })
const schema = defineSchema({
  version: 1,
  tables: { notes },
  events: defineEvents({ noted: event('v1.Noted', anything) }),
  materializers: { noted: (args) => notes.insert(args as { id: string }) },
})

/** A page that is hidden, not gone: its commits 1 and 2, of which a leader whose file is lost had acked the first. */
const session = 'hidden'
const commits = [1, 2].map((n) => {
  const record = { id: `${session}.${n}`, name: 'v1.Noted', args: { id: `${n}` }, clientId: 'c', sessionId: session }
  return { local: false, events: [{ ...record, parent: 0, at: n }] }
})

beforeEach(() => {
  const methods = {
    getItem: (key: string) => (Object.hasOwn(store, key) ? store[key] : null),
    removeItem: (key: string) => delete store[key],
    setItem: (key: string, text: string) => {
      store[key] = text
    },
  }
  const store: Record<string, unknown> = Object.create(methods)
  vi.stubGlobal('localStorage', store)
})
afterEach(() => void vi.unstubAllGlobals())

async function world(storeId: string) {
  const sqlite3 = (await initSqlite()) as unknown as Sqlite3Static
  const names = storeNames(storeId)
  const clock = hostClock(globalThis)
  const openMemory = () => openWasmDriver(sqlite3)
  const driver = openMemory()
  const random = hostRandom(globalThis)
  const options = { storeId, schema, driver, openMemory, clock, parts, random, storage: 'persisted' as const }
  const host = new LeaderHost(options)
  await host.opened
  const lines = new LeaderLines(names, () => {})
  lines.lead(host)
  const graces: (() => void)[] = []
  const patient: Clock = {
    ...clock,
    after(ms, run) {
      if (ms > 1_000) return clock.after(ms, run)
      graces.push(run)
      return () => {}
    },
  }
  const abort = new AbortController()
  const courier = new LeftoverCourier({
    names,
    schema,
    clock: patient,
    newLine: () => random.id(),
    own: `${names.leftover}own`,
    signal: abort.signal,
  })
  const key = names.leftover + session
  writeLeftovers(key, commits.slice(1))
  const presence = new Presence(names, session)
  await presence.entered
  return {
    names,
    key,
    courier,
    graces,
    presence,
    logged: () => driver.prepare('SELECT id FROM livefold_eventlog ORDER BY seq').values().flat(),
    async close() {
      abort.abort()
      presence.leave()
      await host.close()
      lines.close()
    },
  }
}

test('LOG-4 what a session left that is hidden, and lives, waits for what that tells the leader itself', async () => {
  const { names, key, courier, graces, presence, logged, close } = await world('left-and-alive')
  courier.deliver()
  await expect.poll(() => graces.length + logged().length).toBe(1)
  const line = new LineChannel<Frame<SessionMessage>, Frame<LeaderMessage>>(names.session + session, 'session')
  line.listen(({ epoch, message }) => {
    const say = (said: SessionMessage) => line.send({ epoch, message: said })
    const { hash: schemaHash, version } = schema
    const hello = { dbId: null, head: 0, localHead: 0, schemaHash, version, made: 2, unconfirmed: [] }
    if (message.type === 'announce') say({ type: 'hello', sessionId: session, ...hello })
    if (message.type === 'snapshot') for (const commit of commits) say({ type: 'commit', again: true, ...commit })
  })
  presence.show()
  await expect.poll(() => logged().length).toBe(2)
  for (const grace of graces) grace()
  await expect.poll(() => leftoverKeys(names.leftover)).toEqual([])
  expect(logged()).toEqual(commits.map(({ events: [first] }) => first?.id))
  line.close()
  await close()
  expect(leftoverKeys(key)).toEqual([])
})

test('DUR-1 what a session left that is frozen is delivered after a while all the same', async () => {
  const { names, courier, graces, logged, close } = await world('left-and-frozen')
  courier.deliver()
  await expect.poll(() => graces.length).toBe(1)
  expect(logged()).toEqual([])
  graces[0]?.()
  await expect.poll(() => leftoverKeys(names.leftover)).toEqual([])
  expect(logged()).toEqual([`${session}.2`])
  await close()
})
