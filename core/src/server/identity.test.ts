import { describe, expect, test } from 'vitest'
import { StoreError } from '../base/errors.ts'
import { eventOf, serverForTest, TestPeer } from '../testing/server-peer.ts'
import type { ServerHooks } from './authorize.ts'

const authenticate = (token: string | null) => {
  if (token === null) throw new Error('no token')
  return { id: token }
}

test.each([undefined, null, 'ann', {}, { id: '' }, { id: 5 }])(
  'ISO-1 nobody gets in as %o: the app’s authenticate is told to be at fault',
  async (given) => {
    const told: unknown[] = []
    const { clock, server } = serverForTest({
      authenticate: () => given as never,
      onError: (error, { hook }) => told.push([hook, (error as Error).message]),
    })
    const peer = new TestPeer(server).hello({ token: 'ann' })
    await clock.run()
    expect(peer.news()).toEqual(['error: sync/unauthorized no'])
    expect(told).toEqual([['authenticate', expect.stringContaining('{ id }')]])
  },
)

describe('client and session ids', () => {
  test('belong to the identity that first used them; the same one comes back under new ones', async () => {
    const { clock, log, connect } = serverForTest({ authenticate })
    const [ann, bob] = [await connect({ token: 'ann' }), await connect({ token: 'bob', clientId: 'd' })]
    ann.push(1, 0, null, [eventOf('s', 1)])
    await clock.run()
    expect(ann.news()).toEqual(['pushed 1: 1'])
    for (const [ref, stolen] of [
      [1, eventOf('s', 2, { clientId: 'd' })],
      [2, eventOf('t', 1, { clientId: 'c' })],
    ] as const) {
      bob.push(ref, 1, 's.1', [stolen])
      await clock.run()
      expect(bob.news()).toEqual([`error ${ref}: sync/forbidden no`])
    }
    expect((await log.head('store')).seq).toBe(1)
    // The line lives on, and what is theirs gets through.
    bob.push(3, 1, 's.1', [eventOf('u', 1, { clientId: 'd' })])
    await clock.run()
    expect(bob.news()).toEqual(['pushed 3: 2'])
    const returned = await connect({ token: 'ann', clientId: 'new' })
    returned.push(1, 2, 'u.1', [eventOf('v', 1, { clientId: 'new' }), eventOf('s', 2, { clientId: 'c' })])
    await clock.run()
    expect(returned.news()).toEqual(['pushed 1: 3,4'])
  })

  test('that the log cannot bind close the line; what the log says of its files is for the owner alone', async () => {
    const told: unknown[] = []
    const { clock, log, connect } = serverForTest({
      authenticate,
      onError: (error, at) => told.push([(error as Error).message, at]),
    })
    log.claim = () => Promise.reject(new StoreError('storage/full', 'no room at /srv/log.db'))
    const peer = await connect({ token: 'ann' })
    peer.push(1, 0, null, [eventOf('s', 1)])
    await clock.run()
    expect(peer.news()).toEqual(['error: storage/full backoff'])
    expect(peer.frames.join()).not.toContain('/srv')
    expect(told).toEqual([['no room at /srv/log.db', { hook: 'log', storeId: 'store' }]])
    expect((await log.head('store')).seq).toBe(0)
  })

  test('are bound for each store apart, and to nobody where nobody is told apart', async () => {
    const { clock, connect } = serverForTest({ authenticate })
    for (const [token, storeId] of [
      ['ann', 'a'],
      ['bob', 'b'],
    ]) {
      const peer = await connect({ token, storeId })
      peer.push(1, 0, null, [eventOf('s', 1)])
      await clock.run()
      expect(peer.news()).toEqual(['pushed 1: 1'])
    }
    const open = serverForTest()
    const peer = await open.connect()
    peer.push(1, 0, null, [eventOf('s', 1)])
    await open.clock.run()
    expect(peer.news()).toEqual(['pushed 1: 1'])
    expect(await open.log.claim('store', ['s'], 'anyone')).toBeNull()
  })

  test('after a renewal to another identity, the earlier one’s are refused', async () => {
    const { clock, connect } = serverForTest({ authenticate })
    const peer = await connect({ token: 'ann' })
    peer.push(1, 0, null, [eventOf('s', 1)])
    await clock.run()
    peer.up({ type: 'token', token: 'bob' }).push(2, 1, 's.1', [eventOf('s', 2)])
    await clock.run()
    expect(peer.news()).toEqual(['pushed 1: 1', 'error 2: sync/forbidden no'])
  })
})

describe('hooks', () => {
  const never = () => new Promise<never>(() => {})
  test.each<[string, ServerHooks]>([
    ['authenticate', { authenticate: never }],
    ['authorize', { authorize: never }],
  ])('BND-1 %s that does not answer ends the connection in time, and is reported', async (hook, hooks) => {
    const heard: string[] = []
    const { clock, server } = serverForTest({
      ...hooks,
      onError: (error, at) => heard.push(`${at.hook} ${at.storeId} ${(error as StoreError).code}`),
    })
    const peer = new TestPeer(server).hello()
    await clock.run(9_999)
    expect(peer.closedFor).toBeNull()
    await clock.run(1)
    expect(peer.news()).toEqual(['error: sync/offline backoff'])
    expect(heard).toEqual([`${hook} store sync/offline`])
    expect(clock.pending).toBe(0)
  })

  test('BND-1 a validate that does not answer is a passing failure of the push: nothing is rejected', async () => {
    const heard: unknown[] = []
    const { clock, log, connect } = serverForTest({ validate: never, onError: (_, at) => heard.push(at) })
    const peer = await connect()
    peer.push(1, 0, null, [eventOf('s', 1)])
    await clock.run()
    await clock.run(10_000)
    expect(peer.news()).toEqual(['error 1: sync/offline backoff'])
    expect(heard).toEqual([{ hook: 'validate', storeId: 'store' }])
    expect((await log.head('store')).seq).toBe(0)
    expect(clock.pending).toBe(0)
  })

  test('what they throw is reported unless it is a StoreError; a throw of onError harms nobody', async () => {
    const heard: string[] = []
    const { clock, connect } = serverForTest({
      validate(_, [event]) {
        if (event?.id === 's.1') throw new Error('a bug')
        throw new StoreError('sync/rejected', 'no')
      },
      onError(error, { hook }) {
        heard.push(`${hook}: ${(error as Error).message}`)
        throw error
      },
    })
    const peer = await connect()
    peer.push(1, 0, null, [eventOf('s', 1)]).push(2, 0, null, [eventOf('s', 2)])
    await clock.run()
    expect(peer.news()).toEqual(['rejected 1: s.1 sync/rejected', 'rejected 2: s.2 sync/rejected'])
    expect(heard).toEqual(['validate: a bug'])
  })
})

describe('BND-1 rates', () => {
  test('a connection may send so many messages a second, averaged over ten, and bytes count', async () => {
    const { clock, connect } = serverForTest({ limits: { connectionRate: 10 } })
    const ping = { type: 'ping', rtt: 1 } as const
    const busy = await connect()
    for (let i = 0; i < 99; i++) busy.up(ping)
    expect(busy.closedFor).toBeNull()
    await clock.run(100)
    busy.up(ping)
    busy.take()
    expect(busy.up(ping).news()).toEqual(['error: sync/limit backoff'])
    const large = await connect()
    const bulky = `{"type":"ping","rtt":1,"x":"${'x'.repeat(40 * 16 * 1024)}"}`
    large.connection.receive(bulky)
    large.connection.receive(bulky)
    expect(large.closedFor).toBeNull()
    large.connection.receive(bulky)
    expect(large.closedFor).toBe('sync/limit')
  })

  test('all connections of one identity share a rate and a number, and others are not touched', async () => {
    const limits = { identityRate: 10, identityConnections: 3 }
    const { clock, server, connect } = serverForTest({ authenticate, limits })
    const anns = [await connect({ token: 'ann' }), await connect({ token: 'ann' }), await connect({ token: 'ann' })]
    const bob = await connect({ token: 'bob' })
    await expect(connect({ token: 'ann' })).rejects.toThrow('sync/limit')
    for (let i = 0; i < 100; i++) anns[i % 2]?.up({ type: 'ping', rtt: 1 })
    expect(anns.map(({ closedFor }) => closedFor)).toEqual([null, null, null])
    anns[2]?.up({ type: 'ping', rtt: 1 })
    expect(anns[2]?.closedFor).toBe('sync/limit')
    bob.up({ type: 'ping', rtt: 1 })
    expect(bob.news()).toEqual(['pong'])
    // Coming back pays no debt; time does.
    const again = await connect({ token: 'ann' })
    expect(again.up({ type: 'ping', rtt: 1 }).closedFor).toBe('sync/limit')
    await clock.run(1_000)
    const later = await connect({ token: 'ann' })
    expect(later.up({ type: 'ping', rtt: 1 }).news()).toEqual(['pong'])
    expect(server.stats().connections).toBe(4)
  })
})

test.each(['authenticate', 'authorize', 'validate'] as const)(
  'what %s says by a storage error is told the client',
  async (hook) => {
    const told: unknown[] = []
    const text = 'The list of users is being restored. Try again at noon.'
    const refuse = () => {
      throw new StoreError('storage/locked', text, { retry: 'backoff' })
    }
    const { clock, server } = serverForTest({ [hook]: refuse, onError: (error) => told.push(error) })
    const peer = new TestPeer(server)
    peer.hello({ token: 'ann' })
    await clock.run()
    if (hook === 'validate') peer.push(1, 0, null, [eventOf('s', 1)])
    await clock.run()
    expect(peer.received.at(-1)).toMatchObject({
      type: 'error',
      code: 'storage/locked',
      retry: 'backoff',
      message: text,
    })
    expect(told).toEqual([])
  },
)
