import { describe, expect, test } from 'vitest'
import type { DownMessage, UpMessage } from '../protocol/sync-messages.ts'
import { eventOf, eventsOf, serverForTest } from '../testing/server-peer.ts'

const hello = { type: 'hello', protocol: 1, storeId: 'store', clientId: 'c', head: 0, headId: null } as const
const push = (ref: number, after: number, afterId: string | null, n: number): UpMessage => ({
  type: 'push',
  ref,
  after,
  afterId,
  events: [eventOf('s', n)],
})

interface Answer {
  status: number
  connection?: string
  messages: DownMessage[]
}

function setUp(options: Parameters<typeof serverForTest>[0] = {}) {
  const all = serverForTest(options)
  const post = async (body: object | string, signal?: AbortSignal): Promise<Answer> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const answer = await all.server.http.handle({ body: text, ...(signal && { signal }) })
    return { status: answer.status, ...JSON.parse(answer.body) }
  }
  const greet = async () => {
    const answer = post({ messages: [hello], wait: 1_000 })
    await all.clock.run()
    return (await answer).connection as string
  }
  return { ...all, post, greet }
}

const types = ({ messages }: Answer) => messages.map(({ type }) => type)

describe('http', () => {
  test('the first request greets; the welcome names the connection', async () => {
    const { clock, post } = setUp()
    const asked = post({ messages: [hello], wait: 1_000 })
    await clock.run()
    const answer = await asked
    expect(answer.status).toBe(200)
    expect(answer.messages).toMatchObject([{ type: 'welcome', head: 0, connection: answer.connection }])
  })

  test('messages of one request are handled in order; a poll is answered as soon as there is something', async () => {
    const { clock, post, greet } = setUp()
    const connection = await greet()
    const poll = post({ connection, messages: [], wait: 20_000 })
    await clock.run(5_000)
    const sent = await post({ connection, messages: [push(1, 0, null, 1), push(2, 1, 's.1', 2)], wait: 0 })
    expect(sent).toEqual({ status: 200, connection, messages: [] })
    await clock.run()
    expect((await poll).messages).toEqual([{ type: 'pushed', ref: 1, seqs: [1] }])
    const next = post({ connection, messages: [], wait: 1_000 })
    await clock.run()
    expect((await next).messages).toEqual([{ type: 'pushed', ref: 2, seqs: [2] }])
  })

  test('a poll with nothing to say is held for its time, at most the limit', async () => {
    const { clock, post, greet } = setUp()
    const connection = await greet()
    let answer: Answer | null = null
    for (const [wait, held] of [
      [700, 700],
      [1e9, 30_000],
    ] as const) {
      answer = null
      void post({ connection, messages: [], wait }).then((given) => {
        answer = given
      })
      await clock.run(held - 1)
      expect(answer).toBeNull()
      await clock.run(1)
      expect(answer).toEqual({ status: 200, connection, messages: [] })
    }
  })

  test('live pages come by polls', async () => {
    const { clock, log, post, greet } = setUp()
    const connection = await greet()
    const first = post({
      connection,
      messages: [{ type: 'pull', ref: 1, after: 0, afterId: null, limit: 10, live: true }],
      wait: 1_000,
    })
    await clock.run()
    expect(types(await first)).toEqual(['page'])
    const poll = post({ connection, messages: [], wait: 20_000 })
    await clock.run()
    await log.append('store', 0, null, eventsOf('t', 2))
    await clock.run()
    expect((await poll).messages).toMatchObject([{ type: 'page', head: 2 }])
  })

  test('a second poll takes the place of the first; an aborted one ends the connection', async () => {
    const { clock, post, greet } = setUp()
    const connection = await greet()
    const abort = new AbortController()
    const [first, second] = [
      post({ connection, messages: [], wait: 9_000 }),
      post({ connection, messages: [], wait: 9_000 }, abort.signal),
    ]
    await clock.run()
    expect((await first).messages).toEqual([])
    abort.abort()
    await clock.run()
    expect((await second).messages).toEqual([])
    expect((await post({ connection, messages: [push(1, 0, null, 1)], wait: 0 })).status).toBe(410)
  })

  test('unknown, ended and idle connections are gone: 410', async () => {
    const { clock, server, post, greet } = setUp()
    expect((await post({ connection: 'nobody', messages: [], wait: 0 })).status).toBe(410)
    const connection = await greet()
    await clock.run(59_999)
    expect(server.stats().connections).toBe(1)
    await clock.run(1)
    expect(server.stats().connections).toBe(0)
    expect((await post({ connection, messages: [], wait: 0 })).status).toBe(410)
    expect(clock.pending).toBe(0)
  })

  test('an open poll keeps the connection alive', async () => {
    const { clock, server, post, greet } = setUp({ limits: { pollMs: 100_000 } })
    const connection = await greet()
    void post({ connection, messages: [], wait: 90_000 })
    await clock.run(89_000)
    expect(server.stats().connections).toBe(1)
  })

  test('why a connection ended is told by its last answer', async () => {
    const { clock, server, post, greet } = setUp()
    const connection = await greet()
    const poll = post({ connection, messages: [], wait: 9_000 })
    await post({ connection, messages: [{ type: 'nonsense' }], wait: 0 })
    await clock.run()
    expect((await poll).messages).toMatchObject([{ type: 'error', code: 'protocol/malformed' }])
    expect((await post({ connection, messages: [], wait: 0 })).status).toBe(410)
    expect(server.stats().connections).toBe(0)
    const refused = post({ messages: [{ type: 'ping', rtt: 1 }], wait: 1_000 })
    await clock.run()
    expect((await refused).messages).toMatchObject([{ type: 'error', code: 'protocol/malformed' }])
    expect(clock.pending).toBe(0)
  })

  test('bodies that are no request are refused without a connection', async () => {
    const { clock, server, post } = setUp({ limits: { bodyBytes: 1_000 } })
    for (const body of [
      '',
      '[]',
      'null',
      '{}',
      '{"messages":[],"wait":1}',
      '{"messages":{},"wait":1}',
      '{"messages":[{}],"wait":-1}',
      '{"connection":5,"messages":[],"wait":1}',
    ]) {
      expect((await post(body)).status, body).toBe(400)
    }
    expect((await post(`{"messages":[${'['.repeat(200)}${']'.repeat(200)}],"wait":0}`)).status).toBe(200)
    expect((await post('x'.repeat(1_001))).status).toBe(413)
    expect((await post('ä'.repeat(501))).status).toBe(413)
    await clock.run(60_000)
    expect(server.stats().connections).toBe(0)
    expect(clock.pending).toBe(0)
  })

  test('BND-1 closing the server answers open polls and forgets their connections', async () => {
    const { clock, server, post, greet } = setUp()
    const connection = await greet()
    const poll = post({ connection, messages: [], wait: 9_000 })
    await clock.run()
    await server.close()
    await clock.run()
    expect((await poll).messages).toMatchObject([{ type: 'error', code: 'sync/offline' }])
    expect((await post({ connection, messages: [], wait: 0 })).status).toBe(410)
    expect(clock.pending).toBe(0)
  })
})
