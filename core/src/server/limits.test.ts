import { describe, expect, test } from 'vitest'
import { MAX_JSON_DEPTH } from '../base/json.ts'
import { utf8Length } from '../base/json-size.ts'
import type { EventRecord } from '../protocol/event-record.ts'
import { defaultLimits } from '../protocol/sync-messages.ts'
import { eventOf, eventsOf, serverForTest, type TestPeer } from '../testing/server-peer.ts'
import { resolveLimits } from './limits.ts'

/** What the server says to a push of these events, whatever frames they take. */
async function pushed(events: readonly EventRecord[], limits = {}): Promise<string> {
  const { clock, connect } = serverForTest({ limits })
  const peer = await connect()
  peer.push(1, 0, null, events)
  await clock.run()
  const [answer = 'nothing'] = peer.news()
  return answer.startsWith('pushed') ? 'pushed' : answer
}

function joined(events: readonly EventRecord[]): EventRecord[] {
  return events.map((event, i) => (i < events.length - 1 ? { ...event, joined: true } : event))
}

/** One sound push whose frame has exactly `bytes` bytes, some of them in letters of two. */
function frameOf(bytes: number): string {
  const frame = (args: string) =>
    JSON.stringify({ type: 'push', ref: 1, after: 0, afterId: null, events: [eventOf('s', 1, { args })] })
  const room = bytes - utf8Length(frame(''))
  const text = frame('é'.repeat(100) + 'x'.repeat(room - 200))
  expect(utf8Length(text)).toBe(bytes)
  return text
}

describe('limits told in welcome are kept at n - 1, n and n + 1', () => {
  const TOO_LARGE = 'sync/too-large'

  test.each([
    [-1, null],
    [0, null],
    [1, TOO_LARGE],
  ])('frame bytes %i', async (more, closedFor) => {
    const { clock, connect } = serverForTest()
    const peer = await connect()
    peer.connection.receive(frameOf(defaultLimits.frameBytes + more))
    await clock.run()
    expect(peer.closedFor).toBe(closedFor)
  })

  test.each([
    [-1, 'pushed'],
    [0, 'pushed'],
    [1, 'error 1: sync/too-large no'],
  ])('events of a commit %i', async (more, answer) => {
    expect(await pushed(joined(eventsOf('s', defaultLimits.commitEvents + more)))).toBe(answer)
  })

  test.each([
    [-1, 'pushed'],
    [0, 'pushed'],
    [1, 'error 1: sync/too-large no'],
  ])('bytes of a commit over its parts %i', async (more, answer) => {
    const bytes = defaultLimits.commitBytes + more
    const events = joined(Array.from({ length: 10 }, (_, i) => eventOf('s', i + 1, { args: 'x'.repeat(830_000) })))
    const size = events.reduce((sum, event) => sum + utf8Length(JSON.stringify(event)), 0)
    const last = events.at(-1) as EventRecord
    events[9] = { ...last, args: 'x'.repeat(830_000 + bytes - size) }
    expect(await pushed(events)).toBe(answer)
  })

  test.each([
    [-1, 'pushed'],
    [0, 'pushed'],
    [1, 'error: protocol/malformed no'],
  ])('JSON depth %i', async (more, answer) => {
    const depth = MAX_JSON_DEPTH + more
    expect(await pushed([eventOf('s', 1, { args: JSON.parse('['.repeat(depth) + ']'.repeat(depth)) })])).toBe(answer)
  })

  test.each([
    [63, 'pushed'],
    [64, 'pushed'],
    [65, 'error: protocol/malformed no'],
  ])('an id of %i characters', async (length, answer) => {
    expect(await pushed([eventOf('s'.repeat(length), 1)])).toBe(answer)
    expect(await pushed([eventOf('s', 1, { clientId: 'c'.repeat(length) })])).toBe(answer)
  })

  test('ids are of their alphabet alone', async () => {
    for (const id of ['', 'a b', 'a.b', "a'", 'é', 'a/b', 'a\n', 'a\u0000', '💥', 'a:b']) {
      expect(await pushed([eventOf('s', 1, { clientId: id })])).toBe('error: protocol/malformed no')
    }
    expect(await pushed([eventOf('azAZ09_-', 1)])).toBe('pushed')
  })

  test.each([2, 3, 4])('a page of %i where three are allowed', async (limit) => {
    const { clock, log, connect } = serverForTest({ limits: { pageEvents: 3 } })
    await log.append('store', 0, null, eventsOf('t', 5))
    const peer: TestPeer = await connect()
    peer.pull(1, 0, null, { limit })
    await clock.run()
    expect(peer.news()).toEqual([`page 1: ${[1, 2, 3].slice(0, limit).join()} /5 more`])
  })
})

test('BND-1 parts without an end are dropped when their time is up, and held in bounded memory until then', async () => {
  const { clock, server, connect } = serverForTest({ limits: { partIdleMs: 1_000 } })
  const part = (ref: number, index: number) => ({
    type: 'push' as const,
    ref,
    after: 0,
    afterId: null,
    events: [eventOf('s', index + 1, { args: 'x'.repeat(900_000), joined: true })],
    part: { index, last: false },
  })
  const greedy = await connect()
  for (let index = 0; index < 9; index++) greedy.up(part(1, index))
  expect(greedy.closedFor).toBe(null)
  greedy.up(part(1, 9))
  expect(greedy.closedFor).toBe('sync/too-large')
  const many = await connect()
  many.up(part(1, 0)).up(part(2, 0)).up(part(3, 0))
  expect(many.closedFor).toBe('sync/limit')
  const slow = await connect()
  slow.up(part(1, 0))
  await clock.run(999)
  expect(slow.closedFor).toBe(null)
  await clock.run(1)
  expect(slow.closedFor).toBe('sync/limit')
  expect(server.stats().connections).toBe(0)
  expect(clock.pending).toBe(0)
})

test('a limit is a positive integer', () => {
  for (const value of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => resolveLimits({ frameBytes: value })).toThrow('Limit "frameBytes" must be a positive integer')
  }
})
