import { expect, test } from 'vitest'
import { StoreError } from '../base/errors.ts'
import type { Commit } from '../protocol/event-record.ts'
import { Rig } from './testing/upstream-rig.ts'

const COMMIT: Commit = [
  { id: 'session.1', name: 'v1.Made', args: {}, clientId: 'client', sessionId: 'session', parent: 0, at: 0 },
]

const pings = (rig: Rig) => rig.sent.filter(({ type }) => type === 'ping').length

/** Fails as often, one attempt after the other. */
async function failing(rig: Rig, attempts: number): Promise<void> {
  rig.upstream.connect()
  for (let i = 1; i <= attempts; i++) {
    while (rig.lines.length < i) await rig.virtual.run(10)
    rig.lines.at(-1)?.closed(new StoreError('sync/offline', 'no network', { retry: 'backoff' }))
  }
}

test('SYNC-2 a probe ends a back-off, and the next one begins anew', async () => {
  const rig = new Rig()
  await failing(rig, 10)
  rig.upstream.probe()
  await rig.virtual.run()
  expect(rig.lines).toHaveLength(11)
  rig.lines.at(-1)?.closed(new StoreError('sync/offline', 'not quite there', { retry: 'backoff' }))
  await rig.virtual.run(250)
  expect(rig.lines).toHaveLength(12)
})

test('SYNC-2 many probes at once, one of each tab, make one attempt', async () => {
  const rig = new Rig()
  await failing(rig, 10)
  for (let i = 0; i < 10; i++) rig.upstream.probe()
  await rig.virtual.run(1_000)
  expect(rig.lines).toHaveLength(11)
})

test('SYNC-2 a line that does not answer a probe within 5 s is dead, whatever is committed and however often it is probed meanwhile', async () => {
  const rig = new Rig()
  await rig.online()
  rig.upstream.probe()
  expect(pings(rig)).toBe(1)
  rig.pending = [COMMIT]
  for (let i = 0; i < 4; i++) {
    await rig.virtual.run(1_000)
    rig.upstream.probe()
    rig.upstream.applied(0, null)
  }
  expect(pings(rig)).toBe(1)
  expect(rig.upstream.connection).toBe('online')
  await rig.virtual.run(1_000)
  expect(rig.upstream.connection).toBe('offline')
  await rig.virtual.run(250)
  expect(rig.lines).toHaveLength(2)
})

test('SYNC-2 a line that answers a probe lives, and has its own time for what it owes later', async () => {
  const rig = new Rig()
  await rig.online()
  rig.upstream.probe()
  await rig.virtual.run(4_900)
  rig.say({ type: 'pong' })
  rig.pending = [COMMIT]
  rig.upstream.applied(0, null)
  await rig.virtual.run(14_000)
  expect(rig.upstream.connection).toBe('online')
  expect(rig.lines).toHaveLength(1)
})

test('SYNC-2 a probe does not shorten the time that an answer to a push may take', async () => {
  const rig = new Rig()
  await rig.online()
  rig.pending = [COMMIT]
  rig.upstream.applied(0, null)
  rig.upstream.probe()
  expect(pings(rig)).toBe(0)
  await rig.virtual.run(14_000)
  expect(rig.upstream.connection).toBe('online')
})

test('SYNC-2 what is sent does not prolong the time that an answer may take', async () => {
  const rig = new Rig()
  await rig.online()
  rig.pending = [COMMIT]
  rig.upstream.applied(0, null)
  await rig.virtual.run(15_000)
  expect(pings(rig)).toBe(1)
  expect(rig.upstream.connection).toBe('online')
  await rig.virtual.run(5_000)
  expect(rig.upstream.connection).toBe('offline')
})

test('SYNC-2 an attempt that a probe finds late begins anew, one that has just begun goes on', async () => {
  const rig = new Rig()
  rig.upstream.connect()
  await rig.virtual.run(1_000)
  rig.upstream.probe()
  await rig.virtual.run(500)
  expect(rig.lines).toHaveLength(1)
  await rig.virtual.run(500)
  rig.upstream.probe()
  await rig.virtual.run(250)
  expect(rig.lines).toHaveLength(2)
})

test('a probe of an upstream that is closed, or has stopped, does nothing', async () => {
  const closed = new Rig()
  await failing(closed, 1)
  closed.upstream.close()
  closed.upstream.probe()
  await closed.virtual.run(60_000)
  expect(closed.lines).toHaveLength(1)
  const stopped = new Rig()
  await stopped.online()
  stopped.say({ type: 'error', code: 'sync/forbidden', message: 'no', retry: 'no' })
  expect(stopped.upstream.connection).toBe('stopped')
  stopped.upstream.probe()
  await stopped.virtual.run(60_000)
  expect(stopped.lines).toHaveLength(1)
})
