import { describe, expect, test } from 'vitest'
import { StoreError } from '../base/errors.ts'
import { eventOf, eventsOf, serverForTest, TestPeer } from '../testing/server-peer.ts'
import { seededRandom } from '../testing/virtual-clock.ts'
import { memoryLogStore } from './memory-log-store.ts'

describe('hello', () => {
  test('is answered by a welcome with head, backend and limits', async () => {
    const { clock, log, server } = serverForTest()
    await log.append('store', 0, null, eventsOf('s', 2))
    const peer = new TestPeer(server).hello()
    await clock.run()
    expect(peer.take()).toEqual([
      {
        type: 'welcome',
        protocol: 1,
        backendId: await log.backendId(),
        head: 2,
        headId: 's.2',
        limits: { frameBytes: 1048576, commitEvents: 10000, commitBytes: 8388608, pageEvents: 1000 },
      },
    ])
  })

  test('must come first, once, in time', async () => {
    const { clock, server, connect } = serverForTest()
    for (const message of [
      { type: 'ping', rtt: 1 },
      { type: 'pull', ref: 1, after: 0, afterId: null, limit: 1, live: false },
    ] as const) {
      const early = new TestPeer(server).up(message)
      expect(early.news()).toEqual(['error: protocol/malformed no'])
      expect(early.closedFor).toBe('protocol/malformed')
    }
    const twice = (await connect()).hello()
    expect(twice.news()).toEqual(['error: protocol/malformed no'])
    const late = new TestPeer(server)
    await clock.run(4_999)
    expect(late.closedFor).toBeNull()
    await clock.run(1)
    expect(late.news()).toEqual(['error: sync/offline backoff'])
    expect(server.stats().connections).toBe(0)
    expect(clock.pending).toBe(0)
  })

  test('of another protocol version is told so', async () => {
    const { server } = serverForTest()
    const peer = new TestPeer(server).hello({ protocol: 2 })
    expect(peer.news()).toEqual(['error: protocol/version no'])
  })

  test('of another history is refused: backend, head above ours, other event at the head', async () => {
    const { clock, log, server, connect } = serverForTest()
    await log.append('store', 0, null, eventsOf('s', 3))
    const backendId = await log.backendId()
    for (const hello of [
      { backendId: 'other' },
      { backendId, head: 4, headId: 's.4' },
      { backendId, head: 2, headId: 's.3' },
    ]) {
      const peer = new TestPeer(server).hello(hello)
      await clock.run()
      expect(peer.news()).toEqual(['error: sync/backend-mismatch no'])
    }
    await connect({ backendId, head: 2, headId: 's.2' })
    // Never had a backend: the client compares.
    await connect({ head: 9, headId: 'x.9' })
  })

  test('what came with the hello is answered after the welcome', async () => {
    const { clock, server } = serverForTest()
    const peer = new TestPeer(server)
      .hello()
      .up({ type: 'ping', rtt: 5 })
      .push(1, 0, null, eventsOf('s', 1))
      .pull(2, 0, null)
    await clock.run()
    expect(peer.news()[0]).toBe('welcome 0')
    expect(peer.received).toHaveLength(0)
  })

  test('BND-1 of what came with a hello nothing begins once the connection has failed', async () => {
    const { clock, log, server } = serverForTest({ limits: { outboundBytes: 1_000 } })
    let watchers = 0
    const watch = log.watch.bind(log)
    log.watch = (...args) => {
      watchers++
      const stop = watch(...args)
      return () => {
        watchers--
        stop()
      }
    }
    const peer = new TestPeer(server)
    peer.stuck = true
    peer.hello()
    for (let i = 0; i < 100; i++) peer.up({ type: 'ping', rtt: 1 })
    peer.pull(1, 0, null, { live: true })
    await clock.run()
    expect([peer.closedFor, watchers]).toEqual(['sync/limit', 0])
  })

  test('ISO-1 nobody reads a store that authorize does not give, nor hears that it exists', async () => {
    const asked: string[] = []
    const { clock, log, server } = serverForTest({
      authenticate: (token) => {
        if (token === null) throw new Error('secret cause')
        return { id: token }
      },
      authorize: ({ id }, storeId, access) => {
        asked.push(`${id} ${access} ${storeId}`)
        return storeId === `of-${id}`
      },
    })
    await log.append('of-ann', 0, null, eventsOf('s', 1))
    const say = async (hello: object) => {
      const peer = new TestPeer(server).hello(hello).pull(1, 0, null, { live: true })
      await clock.run()
      return { news: peer.news(), frames: peer.frames.join() }
    }
    const anonymous = await say({ storeId: 'of-ann' })
    expect(anonymous.news).toEqual(['error: sync/unauthorized no'])
    expect(anonymous.frames).not.toContain('secret')
    expect((await say({ storeId: 'of-ann', token: 'bob' })).news).toEqual(['error: sync/forbidden no'])
    expect((await say({ storeId: 'of-ann', token: 'ann' })).news).toEqual(['welcome 1', 'page 1: 1 /1'])
    expect(asked).toEqual(['bob read of-ann', 'ann read of-ann', 'ann read of-ann'])
  })
})

describe('connection', () => {
  test('a new token is checked; a refused one ends the connection and its pulls', async () => {
    let allowed = true
    const { clock, log, server } = serverForTest({
      authenticate: (token) => {
        if (token !== 'good' && token !== 'better') throw new StoreError('sync/unauthorized', 'expired')
        return { id: token }
      },
      authorize: () => allowed,
    })
    const connect = async () => {
      const peer = new TestPeer(server).hello({ token: 'good' }).pull(1, 0, null, { live: true })
      await clock.run()
      peer.take()
      return peer
    }
    const [expired, revoked] = [await connect(), await connect()]
    expired.up({ type: 'token', token: 'better' })
    await clock.run()
    expect(expired.closedFor).toBeNull()
    expired.up({ type: 'token', token: 'old' })
    allowed = false
    revoked.up({ type: 'token', token: 'better' })
    await clock.run()
    expect(expired.news()).toEqual(['error: sync/unauthorized no'])
    expect(revoked.news()).toEqual(['error: sync/forbidden no'])
    await log.append('store', 0, null, eventsOf('t', 1))
    await clock.run()
    expect([expired.news(), revoked.news()]).toEqual([[], []])
  })

  test('a malformed frame ends its connection and disturbs no other', async () => {
    const { clock, connect } = serverForTest()
    const [good, bad] = [await connect(), await connect()]
    good.pull(1, 0, null, { live: true })
    await clock.run()
    good.take()
    for (const text of ['', '{', 'null', '[]', '{"type":"__proto__"}']) bad.connection.receive(text)
    expect(bad.news()).toEqual(['error: protocol/malformed no'])
    good.push(2, 0, null, [eventOf('s', 1)])
    await clock.run()
    expect(good.news()).toEqual(['pushed 2: 1'])
  })

  test('BND-1 what waits is bounded', async () => {
    const { connect } = serverForTest({ limits: { inboxMessages: 3 }, validate: () => new Promise(() => {}) })
    const peer = await connect()
    for (let ref = 1; ref < 10; ref++) peer.push(ref, 0, null, [eventOf('s', ref)])
    expect(peer.news()).toEqual(['error: sync/limit backoff'])
  })

  test('BND-1 close leaves no timer, watch or connection, also in the middle of a hello, a push, a turn and a page', async () => {
    let watches = 0
    const random = seededRandom(1)
    const inner = memoryLogStore({ random })
    const log = Object.assign(Object.create(inner) as typeof inner, {
      watch: (storeId: string, changed: () => void) => {
        watches++
        const stop = inner.watch(storeId, changed)
        return () => {
          watches--
          stop()
        }
      },
    })
    for (const name of ['backendId', 'head', 'append', 'read', 'find', 'holds'] as const)
      Object.assign(log, { [name]: inner[name].bind(inner) })
    const { clock, server, connect } = serverForTest({ log })
    const idle = new TestPeer(server)
    const peer = await connect()
    peer.pull(1, 0, null, { live: true }).push(1, 0, null, eventsOf('s', 2))
    await clock.run()
    expect(watches).toBe(1)
    const stuck = await connect()
    stuck.buffered = 1e6
    stuck.pull(1, 0, null)
    const half = await connect()
    half.up({
      type: 'push',
      ref: 1,
      after: 2,
      afterId: 's.2',
      events: [eventOf('h', 1)],
      part: { index: 0, last: false },
    })
    await clock.run()
    const greeting = new TestPeer(server).hello()
    peer.push(2, 2, 's.2', eventsOf('s', 1, 3))
    expect(clock.pending).toBeGreaterThan(2)
    await server.close()
    await clock.run()
    for (const each of [idle, peer, stuck, half, greeting]) expect(each.closedFor).toBe('sync/offline')
    expect({
      watches,
      timers: clock.pending,
      connections: server.stats().connections,
      stores: server.stats().stores,
    }).toEqual({ watches: 0, timers: 0, connections: 0, stores: 0 })
    const after = new TestPeer(server)
    expect(after.closedFor).toBe('sync/offline')
    expect(clock.pending).toBe(0)
  })
})
