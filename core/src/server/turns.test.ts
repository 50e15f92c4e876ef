import { describe, expect, test } from 'vitest'
import { decodeDown } from '../protocol/codec.ts'
import { PROTOCOL_VERSION, type UpMessage } from '../protocol/sync-messages.ts'
import { eventOf, serverForTest } from '../testing/server-peer.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import type { SyncServer } from './sync-server.ts'
import { TurnMember, Turns } from './turns.ts'

/** A writer that pushes one event after the other, as fast as a line of `rtt` ms lets it. */
class Writer {
  pushed = 0
  readonly #send: (message: UpMessage) => void
  readonly #name: string
  #head = { seq: 0, id: null as string | null }

  constructor(server: SyncServer, clock: VirtualClock, name: string, rtt: number) {
    this.#name = name
    const connection = server.connect({
      send: (text) => clock.after(rtt / 2, () => this.#hear(text)),
      close: () => {},
      buffered: 0,
    })
    this.#send = (message) => clock.after(rtt / 2, () => connection.receive(JSON.stringify(message)))
    this.#send({ type: 'hello', protocol: PROTOCOL_VERSION, storeId: 'store', clientId: name, head: 0, headId: null })
    this.#send({ type: 'ping', rtt })
  }

  #hear(text: string): void {
    const message = decodeDown(text)
    if (message.type === 'pong') return
    if (message.type === 'pushed') {
      this.pushed++
      this.#head = { seq: message.seqs[0] ?? 0, id: `${this.#name}.${this.pushed}` }
    } else if (message.type === 'behind') {
      const last = message.events.at(-1)
      if (last) this.#head = { seq: last.seq, id: last.id }
    } else if (message.type !== 'welcome') throw new Error(text)
    const event = eventOf(this.#name, this.pushed + 1, { clientId: this.#name })
    this.#send({ type: 'push', ref: this.pushed, after: this.#head.seq, afterId: this.#head.id, events: [event] })
  }
}

async function race(seconds: number, turns: boolean): Promise<{ slow: number; quick: number[] }> {
  const { clock, server } = serverForTest({ turns })
  const quick = Array.from({ length: 5 }, (_, i) => new Writer(server, clock, `quick${i}`, 4 + i))
  const slow = new Writer(server, clock, 'slow', 100)
  await clock.run(seconds * 1_000)
  return { slow: slow.pushed, quick: quick.map(({ pushed }) => pushed) }
}

describe('turns', () => {
  test('SYNC-2 beside five quick writers a slow one gets through at least once a second', async () => {
    const { slow, quick } = await race(20, true)
    expect(slow).toBeGreaterThanOrEqual(20)
    for (const pushed of quick) expect(pushed).toBeGreaterThanOrEqual(20)
  }, 20_000)

  test('SYNC-2 control: without turns the slow writer starves', async () => {
    const { slow } = await race(5, false)
    expect(slow).toBeLessThanOrEqual(1)
  })

  test('a connection that goes away in its turn holds up nobody', async () => {
    const { clock, log, server, connect } = serverForTest()
    await log.append('store', 0, null, [eventOf('t', 1)])
    const [a, b] = [await connect(), await connect()]
    a.push(1, 0, null, [eventOf('a', 1)])
    await clock.run()
    a.push(2, 0, null, [eventOf('a', 1)])
    await clock.run()
    expect(a.news()).toEqual(['behind 1: 1 /1', 'behind 2: 1 /1'])
    b.push(1, 1, 't.1', [eventOf('b', 1)])
    await clock.run()
    expect(b.news()).toEqual([])
    expect(server.stats().turns.granted).toBe(1)
    a.connection.closed()
    await clock.run()
    expect(b.news()).toEqual(['pushed 1: 2'])
    expect(clock.pending).toBe(0)
  })

  function line() {
    const clock = new VirtualClock()
    const turns = new Turns(clock, { longest: 5_000, enabled: true })
    const [a, b, c] = [new TurnMember(), new TurnMember(), new TurnMember()]
    a.rtt = b.rtt = c.rtt = 100
    const log: string[] = []
    const enter = (name: string, member: TurnMember) => void turns.enter(member).then(() => log.push(name))
    return { clock, turns, a, b, c, log, enter }
  }

  test('come after two behind in a row; the others wait until the holder has pushed', async () => {
    const { clock, turns, a, b, log, enter } = line()
    turns.behind(a)
    enter('b', b)
    await clock.run()
    expect(log.splice(0)).toEqual(['b'])
    turns.behind(a)
    enter('b', b)
    enter('a', a)
    await clock.run()
    expect(log.splice(0)).toEqual(['a'])
    turns.pushed(a)
    await clock.run()
    expect(log).toEqual(['b'])
    turns.pushed(b)
    expect(clock.pending).toBe(0)
  })

  test('go round among all who wait: each has the next one to itself', async () => {
    const { clock, turns, a, b, c, log, enter } = line()
    for (let i = 0; i < 2; i++) turns.behind(a)
    enter('b', b)
    enter('c', c)
    enter('a', a)
    for (const [name, member] of [
      ['a', a],
      ['b', b],
      ['c', c],
    ] as const) {
      await clock.run(0)
      expect(log.splice(0)).toEqual([name])
      turns.pushed(member)
    }
    expect(turns.granted).toBe(3)
    expect(clock.pending).toBe(0)
  })

  test('a push that comes while another one is being appended is not told that it is behind before its turn, which is next', async () => {
    const { clock, turns, a, b, c, log, enter } = line()
    turns.appending(a)
    enter('a', a)
    enter('b', b)
    enter('c', c)
    await clock.run(0)
    expect(log.splice(0)).toEqual(['a'])
    turns.pushed(a)
    turns.appended(a)
    for (const [name, member] of [
      ['b', b],
      ['c', c],
    ] as const) {
      await clock.run(0)
      expect(log.splice(0)).toEqual([name])
      turns.behind(member)
      enter(name, member)
      await clock.run(0)
      expect(log.splice(0)).toEqual([name])
      turns.appending(member)
      turns.pushed(member)
      turns.appended(member)
    }
    enter('a', a)
    await clock.run(0)
    expect(log).toEqual(['a'])
    expect(turns.granted).toBe(2)
    expect(clock.pending).toBe(0)
  })

  test('an append that is refused, or whose connection goes away, lets go of those that wait for it', async () => {
    const { clock, turns, a, b, c, log, enter } = line()
    turns.appending(a)
    enter('b', b)
    turns.behind(a)
    turns.appended(a)
    await clock.run(0)
    expect(log.splice(0)).toEqual(['b'])
    turns.appending(b)
    enter('c', c)
    turns.leave(b)
    turns.appended(b)
    await clock.run(0)
    expect(log).toEqual(['c'])
    turns.pushed(c)
    expect(clock.pending).toBe(0)
  })

  test('a log that does not answer holds up the others for the longest turn', async () => {
    const { clock, turns, a, b, log, enter } = line()
    turns.appending(a)
    enter('b', b)
    await clock.run(4_999)
    expect(log).toEqual([])
    await clock.run(1)
    expect(log).toEqual(['b'])
    turns.appended(a)
    turns.pushed(b)
    expect(turns.unused).toBe(0)
    expect(clock.pending).toBe(0)
  })

  test('one success in between begins the count anew', async () => {
    const { turns, a } = line()
    turns.behind(a)
    turns.pushed(a)
    turns.behind(a)
    expect(turns.granted).toBe(0)
  })

  test('are first come, first served; time ends one, and a turn not used doubles the next, up to the longest', async () => {
    const { clock, turns, a, b, c, log, enter } = line()
    for (const member of [a, a, b, b]) turns.behind(member)
    enter('c', c)
    enter('b', b)
    await clock.run(199)
    expect(log).toEqual([])
    await clock.run(1)
    expect(log).toEqual(['b'])
    turns.pushed(b)
    await clock.run()
    expect(log.splice(0)).toEqual(['b', 'c'])
    turns.pushed(c)
    for (const ms of [400, 800, 1_600, 3_200, 5_000, 5_000]) {
      turns.behind(a)
      enter('c', c)
      await clock.run(ms - 1)
      expect(log).toEqual([])
      await clock.run(1)
      expect(log.splice(0)).toEqual(['c'])
      turns.pushed(c)
    }
    expect(turns.unused).toBe(7)
  })

  test('end with their connection, and what it waited for goes on', async () => {
    const { clock, turns, a, b, c, log, enter } = line()
    for (const member of [a, a, b, b]) turns.behind(member)
    enter('c', c)
    turns.leave(c)
    turns.leave(a)
    await clock.run()
    expect(log.splice(0)).toEqual(['c'])
    enter('a', a)
    turns.leave(b)
    await clock.run()
    expect(log).toEqual(['a'])
    turns.pushed(a)
    expect(clock.pending).toBe(0)
  })

  test('a push under way when the turn began renews it, a bounded number of times', async () => {
    const { clock, turns, a, b, log, enter } = line()
    turns.behind(a)
    turns.behind(a)
    await clock.run(150)
    turns.behind(a)
    enter('b', b)
    await clock.run(150)
    expect(log).toEqual([])
    for (let i = 0; i < 4; i++) turns.behind(a)
    await clock.run()
    expect(log).toEqual(['b'])
  })
})
