import { describe, expect, test } from 'vitest'
import { StoreError } from '../base/errors.ts'
import { eventOf, eventsOf, serverForTest } from '../testing/server-peer.ts'

describe('push', () => {
  test('appends, gives seqs, and is known when it comes again', async () => {
    const { clock, connect } = serverForTest()
    const peer = await connect()
    peer.push(1, 0, null, eventsOf('s', 2)).push(2, 2, 's.2', [eventOf('s', 3)])
    await clock.run()
    expect(peer.news()).toEqual(['pushed 1: 1,2', 'pushed 2: 3'])
    peer.push(3, 0, null, eventsOf('s', 2))
    await clock.run()
    expect(peer.news()).toEqual(['pushed 3: 1,2'])
  })

  test('LOG-1 some events known, some not: behind, nothing appended twice', async () => {
    const { clock, log, connect } = serverForTest()
    const peer = await connect()
    peer.push(1, 0, null, eventsOf('s', 2)).push(2, 0, null, eventsOf('s', 3))
    await clock.run()
    expect(peer.news()).toEqual(['pushed 1: 1,2', 'behind 2: 1,2 /2'])
    expect((await log.head('store')).seq).toBe(2)
  })

  test('LOG-2 behind carries the missing events; a pipelined push after it is behind too, though its number would fit', async () => {
    const { clock, log, connect } = serverForTest()
    const [a, b] = [await connect(), await connect({ clientId: 'd' })]
    b.push(1, 0, null, [eventOf('t', 1, { clientId: 'd' })])
    await clock.run()
    a.push(1, 0, null, [eventOf('s', 1)]).push(2, 1, 's.1', [eventOf('s', 2)])
    await clock.run()
    expect(a.news()).toEqual(['behind 1: 1 /1', 'behind 2:  /1'])
    expect(await log.head('store')).toEqual({ seq: 1, id: 't.1' })
    a.push(3, 1, 't.1', eventsOf('s', 2))
    await clock.run()
    expect(a.news()).toEqual(['pushed 3: 2,3'])
  })

  test('behind brings a page, and says when there is more', async () => {
    const { clock, log, connect } = serverForTest({ limits: { pageEvents: 3 } })
    await log.append('store', 0, null, eventsOf('t', 5))
    const peer = await connect()
    peer.push(1, 0, null, [eventOf('s', 1)])
    await clock.run()
    expect(peer.news()).toEqual(['behind 1: 1,2,3 /5 more'])
  })

  test('behind leaves out what the live pull has sent, and the pull what came with behind', async () => {
    const { clock, log, connect } = serverForTest()
    const [a, b] = [await connect(), await connect({ clientId: 'd' })]
    a.pull(1, 0, null, { live: true })
    await log.append('store', 0, null, eventsOf('t', 2))
    await clock.run()
    expect(a.news().at(-1)).toBe('page 1: 1,2 /2')
    a.push(2, 0, null, [eventOf('s', 1)])
    await clock.run()
    expect(a.news()).toEqual(['behind 2:  /2'])
    b.push(1, 2, 't.2', [eventOf('u', 1, { clientId: 'd' })])
    a.push(3, 2, 't.2', [eventOf('s', 1)])
    await clock.run()
    expect(a.news()).toEqual(['behind 3: 3 /3'])
    a.push(4, 3, 'u.1', [eventOf('s', 1)])
    await clock.run()
    expect(a.news()).toEqual(['pushed 4: 4'])
  })

  test('SYNC-2 behind is not answered by a read that began before the log went on', async () => {
    let held: (() => void) | null = null
    const { clock, log, connect } = serverForTest()
    const read = log.read.bind(log)
    log.read = async (...args) => {
      const events = await read(...args)
      if (events.length === 0) await new Promise<void>((go) => (held = go))
      return events
    }
    const [reader, writer] = [await connect(), await connect({ clientId: 'd' })]
    reader.pull(1, 0, null)
    await clock.run()
    expect(held).not.toBeNull()
    await log.append('store', 0, null, eventsOf('t', 1))
    writer.push(1, 0, null, [eventOf('u', 1, { clientId: 'd' })])
    await clock.run()
    expect(writer.news()).toEqual(['behind 1: 1 /1'])
  })

  test('SYNC-2 behind is not answered by a read that began before another read found that the log went on', async () => {
    let held: (() => void) | null = null
    const { clock, log, connect } = serverForTest()
    await log.append('store', 0, null, eventsOf('t', 5))
    const read = log.read.bind(log)
    log.read = async (...args) => {
      const events = await read(...args)
      if (events.length === 0) await new Promise<void>((go) => (held = go))
      return events
    }
    const [early, late, writer] = [await connect(), await connect(), await connect({ clientId: 'd' })]
    early.pull(1, 5, 't.5')
    await clock.run()
    expect(held).not.toBeNull()
    await log.append('store', 5, 't.5', eventsOf('t', 1, 6))
    late.pull(1, 3, 't.3')
    await clock.run()
    expect(late.news()).toEqual(['page 1: 4,5,6 /6'])
    writer.push(1, 5, 't.5', [eventOf('u', 1, { clientId: 'd' })])
    await clock.run()
    expect(writer.news()).toEqual(['behind 1: 6 /6'])
  })

  test('LOG-1 a push that was behind is pushed again by its ref, with what came since', async () => {
    const { clock, log, connect } = serverForTest()
    await log.append('store', 0, null, eventsOf('t', 1))
    const peer = await connect()
    peer.push(1, 0, null, eventsOf('s', 2))
    await clock.run()
    expect(peer.take()).toMatchObject([{ type: 'behind', ref: 1, kept: true }])
    await log.append('store', 1, 't.1', eventsOf('t', 1, 2))
    peer.again(1, { ref: 2, after: 1, afterId: 't.1' }, [eventOf('s', 3)])
    await clock.run()
    expect(peer.take()).toMatchObject([{ type: 'behind', ref: 2, kept: true }])
    peer.again(2, { ref: 3, after: 2, afterId: 't.2' })
    await clock.run()
    expect(peer.news()).toEqual(['pushed 3: 3,4,5'])
    expect((await log.read('store', 2, 9)).map(({ seq: _, ...event }) => event)).toEqual(eventsOf('s', 3))
  })

  test('LOG-1 "again" of what was appended since, of another ref, or of another connection is behind, and appends nothing', async () => {
    const { clock, log, connect } = serverForTest()
    await log.append('store', 0, null, eventsOf('t', 1))
    const [peer, other] = [await connect(), await connect({ clientId: 'd' })]
    peer.push(1, 0, null, [eventOf('s', 1)])
    await clock.run()
    peer.take()
    other.again(1, { ref: 1, after: 1, afterId: 't.1' })
    peer.again(9, { ref: 2, after: 1, afterId: 't.1' })
    await clock.run()
    expect(other.take()).toEqual([{ type: 'behind', ref: 1, head: 1, events: [], more: false }])
    expect(peer.take()).toEqual([{ type: 'behind', ref: 2, head: 1, events: [], more: false }])
    peer.push(3, 1, 't.1', [eventOf('s', 1)]).again(1, { ref: 4, after: 2, afterId: 's.1' })
    await clock.run()
    expect(peer.news()).toEqual(['pushed 3: 2', 'behind 4:  /2'])
    expect((await log.head('store')).seq).toBe(2)
  })

  test('LOG-4 a push behind a refused one takes nothing from what is kept of that', async () => {
    const { clock, log, connect } = serverForTest()
    await log.append('store', 0, null, eventsOf('t', 1))
    const peer = await connect()
    peer.push(1, 0, null, [eventOf('s', 1)]).push(2, 1, 's.1', [eventOf('s', 2)])
    await clock.run()
    expect(peer.take()).toMatchObject([
      { ref: 1, kept: true },
      { ref: 2, events: [] },
    ])
    peer.again(1, { ref: 3, after: 1, afterId: 't.1' }, [eventOf('s', 2)])
    await clock.run()
    expect(peer.news()).toEqual(['pushed 3: 2,3'])
  })

  test('SYNC-2 what builds on a push that is forgotten is behind like it: its author stops at nothing', async () => {
    const { clock, connect } = serverForTest()
    const peer = await connect()
    peer.again(9, { ref: 1, after: 0, afterId: null }).push(2, 2, 's.2', [eventOf('s', 3)])
    peer.again(9, { ref: 3, after: 0, afterId: null }, [eventOf('s', 3)]).push(4, 3, 's.3', [eventOf('s', 4)])
    await clock.run()
    expect(peer.news()).toEqual([1, 2, 3, 4].map((ref) => expect.stringContaining(`behind ${ref}`)))
    expect(peer.closedFor).toBeNull()
  })

  test('BND-1 what is kept has a limit, and pushing it again counts like sending it', async () => {
    const { clock, log, connect } = serverForTest({ limits: { connectionRate: 2 } })
    await log.append('store', 0, null, eventsOf('t', 1))
    const large = await connect({ clientId: 'd' })
    large.push(1, 0, null, [eventOf('u', 1, { args: 'x'.repeat(300_000) })])
    await clock.run()
    expect(large.take()).toEqual([expect.not.objectContaining({ kept: true })])
    const peer = await connect()
    // Twenty messages may come at once; this is three, and three more for each time that it is repeated.
    peer.push(1, 0, null, [eventOf('s', 1, { args: 'x'.repeat(40_000) })])
    for (let ref = 2; ref < 9; ref++) peer.again(ref - 1, { ref, after: 0, afterId: null })
    await clock.run()
    expect(peer.news().at(-1)).toBe('error: sync/limit backoff')
  })

  test('on a history that the server does not hold is a mismatch', async () => {
    const { clock, connect } = serverForTest()
    const peer = await connect()
    peer.push(1, 4, 'x.4', [eventOf('s', 1)])
    await clock.run()
    expect(peer.news()).toEqual(['error 1: sync/backend-mismatch no'])
    expect(peer.closedFor).toBe('sync/backend-mismatch')
  })

  test('one id with two contents is rejected', async () => {
    const { clock, log, connect } = serverForTest()
    const peer = await connect()
    peer.push(1, 0, null, [eventOf('s', 1)]).push(2, 1, 's.1', [eventOf('s', 1, { args: 'other' })])
    await clock.run()
    expect(peer.news()).toEqual(['pushed 1: 1', 'rejected 2: s.1 sync/id-conflict'])
    expect((await log.head('store')).seq).toBe(1)
  })

  test('LOG-3 only whole commits of one session, in order, are taken', async () => {
    const { clock, log, connect } = serverForTest()
    const joined = { joined: true as const }
    for (const events of [
      [eventOf('s', 1), eventOf('s', 2, joined)],
      [eventOf('s', 1, joined), eventOf('s', 2, { clientId: 'other' })],
      [eventOf('s', 1, joined), eventOf('t', 1)],
      [eventOf('s', 2), eventOf('s', 1)],
      [eventOf('s', 1), eventOf('s', 1)],
    ]) {
      const peer = await connect()
      peer.push(1, 0, null, events)
      await clock.run()
      expect(peer.news()).toEqual(['error: protocol/malformed no'])
    }
    expect((await log.head('store')).seq).toBe(0)
  })

  test('LOG-1 what a client wrote under an earlier name, before its storage was lost, is taken too', async () => {
    const { clock, log, connect } = serverForTest()
    const peer = await connect()
    peer.push(1, 0, null, [eventOf('s', 1, { clientId: 'earlier' })])
    await clock.run()
    expect(peer.news()).toEqual(['pushed 1: 1'])
    expect((await log.read('store', 0, 1))[0]?.clientId).toBe('earlier')
  })

  test('in parts is appended whole', async () => {
    const { clock, log, connect } = serverForTest({ limits: { frameBytes: 1_000 } })
    const peer = await connect()
    const commit = eventsOf('s', 40).map((event, i) => (i < 39 ? { ...event, joined: true as const } : event))
    peer.push(1, 0, null, commit, 1_000)
    await clock.run()
    expect(peer.news()).toEqual([`pushed 1: ${commit.map((_, i) => i + 1).join()}`])
    expect(await log.read('store', 0, 1)).toHaveLength(40)
    peer.pull(2, 0, null)
    await clock.run()
    expect(peer.frames.filter((frame) => frame.includes('"page"')).length).toBeGreaterThan(3)
    expect(peer.received[0]).toMatchObject({ type: 'page', events: commit })
  })

  test('BND-1 parts that never end are dropped in time, and too large ones at once', async () => {
    const { clock, connect } = serverForTest({ limits: { frameBytes: 1_000, commitBytes: 3_000 } })
    const event = eventOf('s', 1, { joined: true })
    const part = (index: number) => ({
      type: 'push' as const,
      ref: 1,
      after: 0,
      afterId: null,
      events: [eventOf('s', index + 1, { ...event, id: `s.${index + 1}` })],
      part: { index, last: false },
    })
    const slow = await connect()
    slow.up(part(0))
    await clock.run(29_999)
    expect(slow.closedFor).toBeNull()
    await clock.run(1)
    expect(slow.news()).toEqual(['error 1: sync/limit backoff'])
    const big = await connect()
    for (let index = 0; index < 100 && big.closedFor === null; index++) {
      big.up({ ...part(index), events: [eventOf('s', index + 1, { args: 'x'.repeat(700), joined: true })] })
    }
    expect(big.news()).toEqual(['error 1: sync/too-large no'])
  })

  test('a commit of the byte limit passes, one more byte does not', async () => {
    const { clock, connect } = serverForTest({ limits: { frameBytes: 1_000, commitBytes: 1_500 } })
    const spare =
      1_500 -
      JSON.stringify(eventOf('s', 1, { args: '', joined: true })).length -
      JSON.stringify(eventOf('s', 2, { args: '' })).length
    for (const [size, news] of [
      [spare, 'pushed 1: 1,2'],
      [spare + 1, 'error 1: sync/too-large no'],
    ] as const) {
      const peer = await connect({ storeId: `s${size}` })
      const half = Math.floor(size / 2)
      peer.push(
        1,
        0,
        null,
        [eventOf('s', 1, { args: 'x'.repeat(half), joined: true }), eventOf('s', 2, { args: 'x'.repeat(size - half) })],
        1_000,
      )
      await clock.run()
      expect(peer.news()).toEqual([news])
    }
  })

  test('validate refuses a commit: the push appends nothing, the commit is named, what is known is not judged again', async () => {
    const judged: string[] = []
    const { clock, log, connect } = serverForTest({
      validate: (_, events) => {
        judged.push(events.map(({ id }) => id).join())
        if (events.some(({ args }) => args === 'bad')) throw new Error('no bad words')
        if (events.some(({ args }) => args === 'later'))
          throw new StoreError('sync/limit', 'busy', { retry: 'backoff' })
        const worse = events.find(({ args }) => args === 'worse')
        if (worse) throw new StoreError('event/invalid', 'worse', { details: { eventId: worse.id } })
      },
    })
    const peer = await connect()
    peer.push(1, 0, null, [eventOf('s', 1), eventOf('s', 2, { args: 'bad' })])
    await clock.run()
    expect(peer.take()).toEqual([
      { type: 'rejected', ref: 1, eventId: 's.2', code: 'sync/rejected', message: 'no bad words' },
    ])
    expect((await log.head('store')).seq).toBe(0)
    peer
      .push(2, 0, null, [eventOf('s', 1)])
      .push(3, 1, 's.1', [eventOf('s', 3, { joined: true }), eventOf('s', 4, { args: 'worse' })])
    peer.push(4, 1, 's.1', [eventOf('s', 5, { args: 'later' })])
    await clock.run()
    expect(peer.news()).toEqual(['pushed 2: 1', 'rejected 3: s.4 event/invalid', 'error 4: sync/limit backoff'])
    judged.length = 0
    peer.push(5, 0, null, [eventOf('s', 1)]).push(6, 0, null, [eventOf('s', 9)])
    await clock.run()
    expect(peer.news()).toEqual(['pushed 5: 1', 'behind 6: 1 /1'])
    peer.push(7, 1, 's.1', [eventOf('s', 1)])
    await clock.run()
    expect(peer.news()).toEqual(['pushed 7: 1'])
    expect(judged).toEqual([])
  })

  test('without the right to write is forbidden, and reading goes on', async () => {
    const { clock, log, connect } = serverForTest({ authorize: (_, __, access) => access === 'read' })
    const peer = await connect()
    peer.push(1, 0, null, [eventOf('s', 1)]).pull(2, 0, null)
    await clock.run()
    expect(peer.news().sort()).toEqual(['error 1: sync/forbidden no', 'page 2:  /0'])
    expect((await log.head('store')).seq).toBe(0)
  })

  test('a failing log ends the connection with a reason to come back', async () => {
    const { clock, log, connect } = serverForTest()
    const peer = await connect()
    log.append = () => Promise.reject(new StoreError('storage/full', 'disk full'))
    peer.push(1, 0, null, [eventOf('s', 1)])
    await clock.run()
    expect(peer.news()).toEqual(['error: storage/full backoff'])
  })
})

test.each(Array.from({ length: 30 }, (_, turns) => turns))(
  'ISO-1 a push that foretells the next head is judged like any other, %i turns after the one it builds on',
  async (turns) => {
    const { clock, log, connect } = serverForTest({
      validate(_, [event]) {
        if (event?.sessionId === 'evil') throw new StoreError('sync/rejected', 'no')
      },
    })
    const [good, evil] = [await connect(), await connect({ clientId: 'other' })]
    good.push(1, 0, null, [eventOf('good', 1)])
    for (let i = 0; i < turns; i++) await Promise.resolve()
    evil.push(1, 1, 'good.1', [eventOf('evil', 1)])
    await clock.run()
    expect((await log.read('store', 0, 10)).map(({ id }) => id)).toEqual(['good.1'])
  },
)
