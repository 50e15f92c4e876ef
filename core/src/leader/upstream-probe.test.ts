import { expect, test } from 'vitest'
import { StoreError } from '../base/errors.ts'
import type { Commit } from '../protocol/event-record.ts'
import type { DownMessage } from '../protocol/sync-messages.ts'
import { Rig } from './testing/upstream-rig.ts'

/** About that long on its way. */
function commitOf(bytes: number, n = 1): Commit {
  const made = { id: `session.${n}`, name: 'v1.Made', clientId: 'client', sessionId: 'session', parent: 0, at: 0 }
  return [{ ...made, args: { text: 'x'.repeat(bytes) } }]
}

const pings = (rig: Rig) => rig.sent.filter(({ type }) => type === 'ping').length

const pushes = (rig: Rig) => rig.sent.flatMap((message) => (message.type === 'push' ? [message.ref] : []))

function page(rig: Rig, page: Omit<Extract<DownMessage, { type: 'page' }>, 'type' | 'ref'>): void {
  const pull = rig.sent.findLast(({ type }) => type === 'pull')
  rig.say({ type: 'page', ref: pull?.type === 'pull' ? pull.ref : 0, ...page })
}

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

test('SYNC-2 probes of lines that fail at once make one attempt a second, and none where the server asked for patience', async () => {
  const rig = new Rig()
  await failing(rig, 10)
  for (let i = 0; i < 100; i++) {
    rig.upstream.probe()
    await rig.virtual.run(100)
    if (rig.upstream.connection === 'connecting') rig.lines.at(-1)?.closed(new StoreError('sync/offline', 'refused'))
  }
  // Ten by probes, and what comes of a back-off that begins anew each second.
  expect(rig.lines.length).toBeLessThan(10 + 10 * 4)
  const patient = new Rig()
  await failing(patient, 9)
  while (patient.lines.length < 10) await patient.virtual.run(10)
  patient.lines.at(-1)?.closed(new StoreError('sync/limit', 'too many', { retry: 'backoff' }))
  patient.upstream.probe()
  await patient.virtual.run(1_000)
  expect(patient.lines).toHaveLength(10)
})

test('SYNC-2 a line that does not answer a probe within 5 s is dead, whatever is committed and however often it is probed meanwhile', async () => {
  const rig = new Rig()
  await rig.online()
  rig.upstream.probe()
  expect(pings(rig)).toBe(1)
  rig.pending = [commitOf(100)]
  for (let i = 0; i < 4; i++) {
    await rig.virtual.run(1_200)
    rig.upstream.probe()
    rig.upstream.applied(0, null)
  }
  expect(pings(rig)).toBe(1)
  expect(rig.upstream.connection).toBe('online')
  await rig.virtual.run(300)
  expect(rig.upstream.connection).toBe('offline')
  await rig.virtual.run(250)
  expect(rig.lines).toHaveLength(2)
})

test('SYNC-2 a probe prolongs nothing', async () => {
  const rig = new Rig()
  await rig.online()
  await rig.virtual.run(15_000 + 19_000)
  rig.upstream.probe()
  expect(rig.upstream.connection).toBe('online')
  await rig.virtual.run(1_000)
  expect(rig.upstream.connection).toBe('offline')
})

test('SYNC-2 a line that answers a probe lives, and has its own time for what it owes later', async () => {
  const rig = new Rig()
  await rig.online()
  rig.upstream.probe()
  await rig.virtual.run(4_900)
  rig.say({ type: 'pong' })
  rig.pending = [commitOf(100)]
  rig.upstream.applied(0, null)
  await rig.virtual.run(19_900)
  expect(rig.upstream.connection).toBe('online')
  expect(rig.lines).toHaveLength(1)
})

test('SYNC-2 a push has the time that its bytes may take on a slow line: probed it has that and 5 s, otherwise 20', async () => {
  for (const [probed, seconds] of [
    [true, 5],
    [false, 20],
  ] as const) {
    const rig = new Rig()
    await rig.online()
    rig.pending = [commitOf(640_000)]
    rig.upstream.applied(0, null)
    if (probed) rig.upstream.probe()
    await rig.virtual.run(40_000 + 1_000 * seconds - 100)
    expect(rig.upstream.connection).toBe('online')
    await rig.virtual.run(300)
    expect(rig.upstream.connection).toBe('offline')
  }
})

test('SYNC-2 a push may take as long as it likes while the line shows that it lives', async () => {
  const rig = new Rig()
  await rig.online()
  rig.pending = [commitOf(100)]
  rig.upstream.applied(0, null)
  for (let pinged = 0, i = 0; i < 200; i++) {
    await rig.virtual.run(1_000)
    for (; pinged < pings(rig); pinged++) rig.say({ type: 'pong' })
  }
  expect(rig.upstream.connection).toBe('online')
  expect(rig.lines).toHaveLength(1)
})

test('SYNC-2 what is sent prolongs the time that an answer may take by its own way up alone, until it is answered', async () => {
  const rig = new Rig()
  await rig.online()
  const [first, second] = [commitOf(160_000, 1), commitOf(320_000, 2)]
  rig.pending = [first]
  rig.upstream.applied(0, null)
  await rig.virtual.run(10_000)
  rig.pending = [first, second]
  rig.upstream.applied(0, null)
  expect(pushes(rig)).toHaveLength(2)
  // 20 s since the first one left, 10 s and 20 s for what is on its way.
  await rig.virtual.run(10_000 + 30_000 - 100)
  expect(rig.upstream.connection).toBe('online')
  rig.pending = [second]
  rig.say({ type: 'pushed', ref: pushes(rig)[0] ?? 0, seqs: [1] })
  // Only the second has not been answered.
  await rig.virtual.run(20_000 + 20_000 - 100)
  expect(rig.upstream.connection).toBe('online')
  await rig.virtual.run(300)
  expect(rig.upstream.error?.message).toMatch(/within 40\d{3} ms/)
  // Nothing of it is left when the next line opens.
  while (rig.lines.length < 2) await rig.virtual.run(10)
  rig.pending = []
  await rig.online()
  rig.upstream.probe()
  await rig.virtual.run(5_100)
  expect(rig.upstream.connection).toBe('offline')
})

test('SYNC-2 however much is on its way up, a dead line is found in two minutes and a half', async () => {
  const rig = new Rig()
  await rig.online()
  rig.pending = [commitOf(900_000, 1), commitOf(900_000, 2), commitOf(900_000, 3)]
  rig.upstream.applied(0, null)
  await rig.virtual.run(139_000)
  expect(rig.upstream.connection).toBe('online')
  await rig.virtual.run(2_000)
  expect(rig.upstream.connection).not.toBe('online')
})

test('SYNC-2 a line that was heard since a probe is probed anew', async () => {
  const rig = new Rig()
  await rig.online()
  rig.upstream.probe()
  rig.say({ type: 'pong' })
  rig.upstream.probe()
  await rig.virtual.run(5_100)
  expect(rig.upstream.connection).toBe('offline')
})

const EVENT = { name: 'v1.Made', clientId: 'other', sessionId: 'other', parent: 0, at: 0, args: {} }

test.each<[string, (rig: Rig) => void]>([
  ['before its first page', () => {}],
  ['between two pages', (rig) => page(rig, { events: [{ ...EVENT, id: 'other.1', seq: 1 }], head: 3, more: true })],
  [
    'while more is known of',
    (rig) => page(rig, { events: [{ ...EVENT, id: 'other.1', seq: 1 }], head: 3, more: false }),
  ],
  [
    'between two parts',
    (rig) => {
      page(rig, { events: [], head: 0, more: false })
      const events = [{ ...EVENT, id: 'other.1', seq: 1 }]
      page(rig, { events, head: 1, more: false, part: { index: 0, last: false } })
    },
  ],
])('SYNC-2 a line that is being read from, %s, has 20 s for the answer to a probe, and no more', async (_, read) => {
  const rig = new Rig()
  await rig.greet()
  read(rig)
  await rig.virtual.run(1_000)
  rig.sent = []
  for (let i = 0; i < 39; i++) {
    rig.upstream.probe()
    await rig.virtual.run(500)
  }
  expect(pings(rig)).toBe(1)
  expect(rig.lines).toHaveLength(1)
  await rig.virtual.run(1_000)
  expect(rig.lines).toHaveLength(2)
})

test('SYNC-2 an attempt that a probe finds late begins anew, one that has just begun goes on', async () => {
  const rig = new Rig()
  rig.upstream.connect()
  await rig.virtual.run(1_500)
  rig.upstream.probe()
  await rig.virtual.run(400)
  expect(rig.lines).toHaveLength(1)
  await rig.virtual.run(100)
  rig.upstream.probe()
  await rig.virtual.run(250)
  expect(rig.lines).toHaveLength(2)
})

test('SYNC-2 a probe of an attempt that goes on has the next one come soon', async () => {
  const rig = new Rig()
  await failing(rig, 9)
  while (rig.lines.length < 10) await rig.virtual.run(10)
  rig.upstream.probe()
  rig.lines.at(-1)?.closed(new StoreError('sync/offline', 'no network yet', { retry: 'backoff' }))
  await rig.virtual.run(250)
  expect(rig.lines).toHaveLength(11)
})

test('SYNC-2 a network that hung three times is not waited for longer than 8 s, and one that worked since no longer than 2', async () => {
  const rig = new Rig()
  rig.upstream.connect()
  await rig.virtual.run()
  for (const ms of [2_000, 4_000, 8_000, 8_000]) {
    const { length } = rig.lines
    await rig.virtual.run(ms)
    rig.upstream.probe()
    await rig.virtual.run(250)
    expect(rig.lines).toHaveLength(length + 1)
  }
  await rig.online()
  rig.lines.at(-1)?.closed(new StoreError('sync/offline', 'gone', { retry: 'backoff' }))
  const { length } = rig.lines
  while (rig.lines.length === length) await rig.virtual.run(10)
  await rig.virtual.run(2_000)
  rig.upstream.probe()
  await rig.virtual.run(250)
  expect(rig.lines).toHaveLength(length + 2)
})

test('SYNC-2 a line that opens after one that was refused is not asked before it is greeted', async () => {
  const rig = new Rig()
  await rig.online()
  rig.say({ type: 'error', code: 'sync/forbidden', message: 'no', retry: 'no' })
  rig.sent = []
  rig.upstream.renew('another')
  rig.upstream.probe()
  expect(rig.sent).toEqual([])
  await rig.virtual.run(9_000)
  expect(rig.upstream.connection).toBe('connecting')
})

test('a probe of an upstream that is closed, or has stopped, does nothing', async () => {
  const closed = new Rig()
  await failing(closed, 1)
  closed.upstream.close()
  closed.upstream.probe()
  await closed.virtual.run(60_000)
  expect(closed.lines).toHaveLength(1)
  const left = new Rig()
  await left.online()
  left.sent = []
  left.upstream.close()
  left.upstream.probe()
  expect(left.sent).toEqual([])
  expect(left.virtual.pending).toBe(0)
  const stopped = new Rig()
  await stopped.online()
  stopped.say({ type: 'error', code: 'sync/forbidden', message: 'no', retry: 'no' })
  expect(stopped.upstream.connection).toBe('stopped')
  stopped.upstream.probe()
  await stopped.virtual.run(60_000)
  expect(stopped.lines).toHaveLength(1)
})
