import { defaultLimits, PROTOCOL_VERSION } from '../../protocol/sync-messages.ts'
import type { SyncTransport } from '../../sync/transport.ts'
import { absent, asCommit, Probe, paddedPush, push, someEvents, welcomed } from './sync-probe.ts'
import type { TestApi } from './test-api.ts'

/** A fresh server with an empty log and default limits that lets everyone in, and the transport that leads to it. */
export interface SyncTransportFixture {
  readonly transport: SyncTransport
  /** Connections that the server holds right now. */
  connections(): number
  /** The server goes away: its lines end, and later ones find nobody. May be called twice. */
  stop(): Promise<void>
}

/** Runs every scenario of the transport contract (`sync/transport.ts`) against a real server. */
export function syncTransportConformance(name: string, start: () => Promise<SyncTransportFixture>, api: TestApi): void {
  const { expect } = api

  function scenario(title: string, body: (fixture: SyncTransportFixture) => Promise<void>): void {
    api.it(title, async () => {
      const fixture = await start()
      try {
        await body(fixture)
      } finally {
        await fixture.stop()
      }
    })
  }

  api.describe(`sync transport: ${name}`, () => {
    scenario('says that frames keep their order', async ({ transport }) => {
      expect(transport.ordered).toBe(true)
      expect(transport.name.length > 0).toBe(true)
    })

    scenario('open comes once, after connect has returned, and before any frame', async ({ transport }) => {
      const probe = new Probe(transport)
      expect(probe.trace).toEqual([])
      await probe.welcome('s')
      expect(probe.trace).toEqual(['open', 'frame'])
    })

    scenario('hello is answered by welcome', async ({ transport }) => {
      const welcome = await new Probe(transport).welcome('s')
      expect(welcome.head).toBe(0)
      expect(welcome.headId).toBe(null)
      expect(welcome.protocol).toBe(PROTOCOL_VERSION)
      expect(welcome.limits).toEqual(defaultLimits)
    })

    scenario('push is answered by pushed, sent twice by the same', async ({ transport }) => {
      const probe = await welcomed(transport, 's')
      const message = push(1, 0, null, someEvents('a', 1, 3))
      probe.send(message)
      expect((await probe.next('pushed')).seqs).toEqual([1, 2, 3])
      probe.send({ ...message, ref: 2 })
      expect(await probe.next('pushed')).toEqual({ type: 'pushed', ref: 2, seqs: [1, 2, 3] })
    })

    scenario('a push that is behind brings the missing events', async ({ transport }) => {
      const [a, b] = [await welcomed(transport, 's'), await welcomed(transport, 's')]
      const mine = someEvents('a', 1, 2)
      a.send(push(1, 0, null, mine))
      await a.next('pushed')
      b.send(push(7, 0, null, someEvents('b', 1, 1)))
      const behind = await b.next('behind')
      expect([behind.ref, behind.head, behind.more]).toEqual([7, 2, false])
      expect(behind.events).toEqual(mine.map((event, i) => ({ ...event, seq: i + 1 })))
    })

    scenario('LOG-1 a push that is behind and kept is pushed again by its ref', async ({ transport }) => {
      const [a, b] = [await welcomed(transport, 's'), await welcomed(transport, 's')]
      a.send(push(1, 0, null, someEvents('a', 1, 1)))
      await a.next('pushed')
      const mine = someEvents('b', 1, 3)
      b.send(push(7, 0, null, mine.slice(0, 2)))
      expect((await b.next('behind')).kept).toBe(true)
      b.send({ ...push(8, 1, 'a.1', mine.slice(2)), again: 7 })
      expect((await b.next('pushed')).seqs).toEqual([2, 3, 4])
      a.send({ type: 'pull', ref: 2, after: 1, afterId: 'a.1', limit: 10, live: false })
      expect(await a.events(3)).toEqual(mine.map((event, i) => ({ ...event, seq: i + 2 })))
    })

    scenario(
      '1,000 pushes, 200 of them always on their way, arrive and are answered in order',
      async ({ transport }) => {
        const probe = await welcomed(transport, 's')
        const events = someEvents('a', 1, 1_000)
        for (const [i, event] of events.entries()) {
          probe.send(push(i + 1, i, events[i - 1]?.id ?? null, [event]))
          if (i >= 200) expect(await probe.next('pushed')).toEqual({ type: 'pushed', ref: i - 199, seqs: [i - 199] })
        }
        for (let n = 801; n <= 1_000; n++) {
          expect(await probe.next('pushed')).toEqual({ type: 'pushed', ref: n, seqs: [n] })
        }
      },
    )

    scenario('1,000 frames sent in one go all arrive', async ({ transport }) => {
      const probe = await welcomed(transport, 's')
      for (let i = 0; i < 1_000; i++) probe.send({ type: 'ping', rtt: i })
      for (let i = 0; i < 1_000; i++) await probe.next('pong')
    })

    scenario('a live pull goes on by itself', async ({ transport }) => {
      const [reader, writer] = [await welcomed(transport, 's'), await welcomed(transport, 's')]
      reader.send({ type: 'pull', ref: 5, after: 0, afterId: null, limit: 100, live: true })
      expect((await reader.next('page')).events).toEqual([])
      const events = someEvents('a', 1, 3)
      for (const [i, event] of events.entries()) {
        writer.send(push(i, i, events[i - 1]?.id ?? null, [event]))
        const page = await reader.next('page')
        expect([page.ref, page.events.map(({ seq, id }) => [seq, id])]).toEqual([5, [[i + 1, event.id]]])
      }
    })

    scenario('a line that only listens is woken again and again', async ({ transport }) => {
      const [reader, writer] = [await welcomed(transport, 's'), await welcomed(transport, 's')]
      reader.send({ type: 'pull', ref: 1, after: 0, afterId: null, limit: 1_000, live: true })
      const events = someEvents('a', 1, 200)
      for (const [i, event] of events.entries()) writer.send(push(i, i, events[i - 1]?.id ?? null, [event]))
      expect((await reader.events(200)).map((event) => event.seq)).toEqual(events.map((_, i) => i + 1))
    })

    scenario('ISO-1 two lines of two stores hear nothing of each other', async ({ transport }) => {
      const [a, b] = [await welcomed(transport, 'a'), await welcomed(transport, 'b')]
      for (const probe of [a, b]) {
        probe.send({ type: 'pull', ref: 1, after: 0, afterId: null, limit: 10, live: true })
        await probe.next('page')
      }
      a.send(push(2, 0, null, someEvents('a', 1, 1)))
      await a.next('pushed')
      b.send({ type: 'ping', rtt: 0 })
      await b.next('pong')
      expect(b.unread.length).toBe(0)
    })

    scenario('refs are each line’s own', async ({ transport }) => {
      const probes = [await welcomed(transport, 'a'), await welcomed(transport, 'b')]
      for (const probe of probes) probe.send(push(1, 0, null, someEvents('x', 1, 1)))
      for (const probe of probes) expect(await probe.next('pushed')).toEqual({ type: 'pushed', ref: 1, seqs: [1] })
    })

    scenario('text passes unchanged: Unicode, NUL, line separators, lone surrogates', async ({ transport }) => {
      const store = 'Ünï-库-🗂'
      const texts = ['🌍👩‍👩‍👧 שלום', '\u0000\u0001\u001f', '\u2028\u2029', 'A\ud800B', '\udc00', '"\\/\b', 'é', 'é']
      const args = { 'ключ 🔑': texts }
      const probe = await welcomed(transport, store)
      probe.send(push(1, 0, null, someEvents('a', 1, 1, args)))
      await probe.next('pushed')
      const other = await welcomed(transport, store)
      other.send({ type: 'pull', ref: 1, after: 0, afterId: null, limit: 10, live: false })
      expect((await other.next('page')).events[0]?.args).toEqual(args)
    })

    scenario('a frame of exactly 1 MiB passes, both ways', async ({ transport }) => {
      const probe = await welcomed(transport, 's')
      const message = paddedPush(defaultLimits.frameBytes)
      probe.send(message)
      expect((await probe.next('pushed')).seqs).toEqual([1, 2, 3, 4])
      probe.send({ type: 'pull', ref: 2, after: 0, afterId: null, limit: 4, live: false })
      expect((await probe.events(4)).map((event) => event.args)).toEqual(message.events.map((event) => event.args))
    })

    scenario('a frame of 1 MiB and a byte is refused, and harms nobody else', async ({ transport }) => {
      const [big, other] = [await welcomed(transport, 's'), await welcomed(transport, 's')]
      big.send(paddedPush(defaultLimits.frameBytes + 1))
      expect(await big.refusal()).toBe('sync/too-large')
      other.send(push(1, 0, null, someEvents('b', 1, 1)))
      expect((await other.next('pushed')).seqs).toEqual([1])
    })

    scenario('LOG-3 a commit of almost 8 MiB goes up and comes down in parts', async ({ transport }) => {
      const probe = await welcomed(transport, 's')
      const text = 'x'.repeat(80_000)
      const events = asCommit(someEvents('a', 1, 100, { text }))
      const parts = Array.from({ length: 10 }, (_, i) => events.slice(i * 10, i * 10 + 10))
      for (const [index, part] of parts.entries()) {
        probe.send({ ...push(1, 0, null, part), part: { index, last: index === parts.length - 1 } })
      }
      expect((await probe.next('pushed')).seqs).toEqual(events.map((_, i) => i + 1))
      const other = await welcomed(transport, 's')
      other.send({ type: 'pull', ref: 1, after: 0, afterId: null, limit: 1, live: false })
      expect(await other.events(100)).toEqual(events.map((event, i) => ({ ...event, seq: i + 1 })))
      expect(other.largest <= defaultLimits.frameBytes).toBe(true)
    })

    scenario('a frame that is no message is refused', async ({ transport }) => {
      const probe = await welcomed(transport, 's')
      probe.line.send('{"type":"nonsense"}')
      expect(await probe.refusal()).toBe('protocol/malformed')
    })

    scenario('after its own close a line is silent', async ({ transport }) => {
      const [probe, writer] = [await welcomed(transport, 's'), await welcomed(transport, 's')]
      probe.send({ type: 'pull', ref: 1, after: 0, afterId: null, limit: 10, live: true })
      await probe.next('page')
      probe.send({ type: 'ping', rtt: 0 })
      probe.line.close()
      const before = [...probe.trace]
      writer.send(push(1, 0, null, someEvents('a', 1, 1)))
      await writer.next('pushed')
      await writer.roundTrips(3)
      expect(probe.trace).toEqual(before)
    })

    scenario('a line closed at once never opens', async ({ transport }) => {
      const probe = new Probe(transport)
      probe.line.close()
      const other = await welcomed(transport, 's')
      await other.roundTrips(3)
      expect(probe.trace).toEqual([])
    })

    scenario('a line closed from within open or frame says nothing more', async ({ transport }) => {
      const early = new Probe(transport)
      early.onOpen = () => early.line.close()
      const late = await welcomed(transport, 's')
      late.onFrame = () => late.line.close()
      for (let i = 0; i < 3; i++) late.send({ type: 'ping', rtt: 0 })
      const other = await welcomed(transport, 's')
      await other.roundTrips(5)
      expect(early.trace).toEqual(['open'])
      expect(late.trace).toEqual(['open', 'frame', 'frame'])
    })

    scenario('closing twice and sending after it are harmless', async ({ transport }) => {
      const probe = await welcomed(transport, 's')
      probe.line.close()
      probe.line.close()
      probe.send({ type: 'ping', rtt: 0 })
      await (await welcomed(transport, 's')).roundTrips(2)
      expect(probe.trace).toEqual(['open', 'frame'])
    })

    scenario('the server notices that a client closed', async (fixture) => {
      const observer = await welcomed(fixture.transport, 's')
      const probe = await welcomed(fixture.transport, 's')
      expect(fixture.connections()).toBe(2)
      probe.line.close()
      await observer.until(() => fixture.connections() === 1)
    })

    scenario('BND-1 lines leave nothing behind at the server', async (fixture) => {
      const observer = await welcomed(fixture.transport, 's')
      for (let i = 0; i < 30; i++) {
        const probes = [new Probe(fixture.transport), await welcomed(fixture.transport, 's')]
        for (const probe of probes) probe.line.close()
      }
      await observer.until(() => fixture.connections() === 1)
    })

    scenario('when the server ends the line, closed comes once and last', async ({ transport, stop }) => {
      const probe = await welcomed(transport, 's')
      probe.send({ type: 'pull', ref: 1, after: 0, afterId: null, limit: 10, live: true })
      await probe.next('page')
      await stop()
      const error = await probe.ended
      expect([error.name, error.retry]).toEqual(['StoreError', 'backoff'])
      probe.send({ type: 'ping', rtt: 0 })
      probe.line.close()
      await absent(transport)
      expect(probe.trace.filter((entry) => entry === 'closed').length).toBe(1)
      expect(probe.trace.at(-1)).toBe('closed')
    })

    scenario('without a server, connecting ends in closed with sync/offline, once', async ({ transport, stop }) => {
      await stop()
      const probe = await absent(transport)
      expect((await probe.ended).code).toBe('sync/offline')
      await absent(transport)
      expect(probe.trace.filter((entry) => entry === 'closed').length).toBe(1)
      expect(probe.trace.at(-1)).toBe('closed')
    })

    scenario('a new line goes on where the last one ended', async ({ transport }) => {
      const first = await welcomed(transport, 's')
      const events = someEvents('a', 1, 4)
      first.send(push(1, 0, null, events.slice(0, 2)))
      await first.next('pushed')
      first.line.close()
      const second = new Probe(transport)
      const welcome = await second.welcome('s', { seq: 2, id: events[1]?.id ?? null })
      expect([welcome.head, welcome.headId]).toEqual([2, events[1]?.id])
      second.send(push(1, 2, events[1]?.id ?? null, events.slice(2)))
      expect((await second.next('pushed')).seqs).toEqual([3, 4])
    })

    scenario('both directions at once: each writer hears all, in one order', async ({ transport }) => {
      const probes = [await welcomed(transport, 's'), await welcomed(transport, 's'), await welcomed(transport, 's')]
      for (const probe of probes) {
        probe.send({ type: 'pull', ref: 0, after: 0, afterId: null, limit: 50, live: true })
      }
      await Promise.all(probes.map((probe, i) => probe.pushAll(someEvents(`w${i}`, 1, 20))))
      const orders = await Promise.all(probes.map((probe) => probe.confirmed(60)))
      for (const order of orders) expect(order).toEqual(orders[0])
      expect(new Set(orders[0]).size).toBe(60)
    })
  })
}
