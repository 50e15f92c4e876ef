import { expect, test } from 'vitest'
import { StoreError } from '../base/errors.ts'
import { defaultLimits, PROTOCOL_VERSION } from '../protocol/sync-messages.ts'
import { Rig } from './testing/upstream-rig.ts'

const HOUR = 3_600_000

test('SYNC-2 a round trip is told as it was, whatever the wall clock is set to meanwhile', async () => {
  for (const set of [-12 * HOUR, 12 * HOUR]) {
    const rig = new Rig()
    await rig.greet()
    await rig.ping()
    rig.wall = set
    await rig.virtual.run(80)
    rig.say({ type: 'pong' })
    expect(await rig.ping()).toBe(80)
  }
})

test('SYNC-2 a leader that was frozen for two days between ping and pong goes on pinging as the server allows', async () => {
  const rig = new Rig()
  await rig.greet()
  await rig.ping()
  rig.frozen = 48 * HOUR
  rig.say({ type: 'pong' })
  // `decodeUp` refuses a round trip of more than a day, and the server would close the line at every ping.
  expect(await rig.ping()).toBe(20_000)
})

test('SYNC-2 a clock set forward does not make a line that was lost at once a sound one', async () => {
  const waits: number[] = []
  const rig = new Rig()
  rig.upstream.connect()
  await rig.virtual.run()
  for (let i = 0; i < 6; i++) {
    const line = rig.lines.at(-1)
    line?.open()
    rig.say({
      type: 'welcome',
      protocol: PROTOCOL_VERSION,
      backendId: 'backend',
      head: 0,
      headId: null,
      limits: defaultLimits,
    })
    rig.wall += 12 * HOUR
    const lost = rig.virtual.now()
    const { length } = rig.lines
    rig.lines.at(-1)?.closed(new StoreError('sync/offline', 'The line is gone.', { retry: 'backoff' }))
    while (rig.lines.length === length) await rig.virtual.run(10)
    waits.push(rig.virtual.now() - lost)
  }
  expect(Math.max(...waits)).toBeGreaterThan(4 * Math.min(...waits))
})

test('SYNC-2 a token that is given while the line opens is the one that is greeted with', async () => {
  const rig = new Rig()
  rig.upstream.connect()
  await rig.virtual.run()
  rig.upstream.renew('new')
  rig.lines.at(-1)?.open()
  expect(rig.sent).toMatchObject([{ type: 'hello', token: 'new' }])
  rig.lines.at(-1)?.closed(new StoreError('sync/offline', 'gone'))
  // Later it is `auth` that is asked.
  while (rig.lines.length < 2) await rig.virtual.run(10)
  rig.lines.at(-1)?.open()
  expect(rig.sent[1]).toMatchObject({ type: 'hello' })
  expect(rig.sent[1]).not.toHaveProperty('token')
})

test('SYNC-2 a token that is given while nobody is connected is connected with at once', async () => {
  const rig = new Rig()
  rig.upstream.connect()
  await rig.virtual.run()
  rig.lines.at(-1)?.open()
  rig.lines.at(-1)?.closed(new StoreError('sync/unauthorized', 'nobody', { retry: 'backoff' }))
  rig.upstream.renew('good')
  expect(rig.lines).toHaveLength(2)
  rig.lines.at(-1)?.open()
  expect(rig.sent.at(-1)).toMatchObject({ type: 'hello', token: 'good' })
  // The attempt that was waited for before does not come on top.
  await rig.virtual.run(5_000)
  expect(rig.lines).toHaveLength(2)
})

test('SYNC-2 a token that is given while `auth` is asked counts, and the late answer of `auth` does not', async () => {
  const rig = new Rig()
  let answer: (token: string) => void = () => {}
  rig.auth = () => new Promise((resolve) => (answer = resolve))
  rig.upstream.connect()
  await rig.virtual.run()
  rig.upstream.renew('good')
  answer('old')
  await rig.virtual.run()
  expect(rig.lines).toHaveLength(1)
  rig.lines.at(-1)?.open()
  expect(rig.sent).toMatchObject([{ type: 'hello', token: 'good' }])
  rig.upstream.renew('old', true)
  expect(rig.sent).toHaveLength(1)
})

test('SYNC-2 a transport that throws instead of connecting is tried again, and said', async () => {
  const rig = new Rig()
  rig.refusal = new Error('no such scheme')
  rig.upstream.connect()
  await rig.virtual.run()
  expect(rig.upstream.error).toMatchObject({ code: 'sync/offline', message: expect.stringMatching('no such scheme') })
  expect(rig.upstream.wait?.detail).toMatch('the next attempt')
  rig.refusal = null
  await rig.virtual.run(60_000)
  expect(rig.lines.length).toBeGreaterThan(0)
})
