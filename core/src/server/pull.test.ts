import { describe, expect, test } from 'vitest'
import { deferred } from '../base/deferred.ts'
import { eventOf, eventsOf, serverForTest, TestPeer } from '../testing/server-peer.ts'
import { memoryTransport } from './memory-transport.ts'

describe('pull', () => {
  test('gives one page of whole commits, and says when there is more', async () => {
    const { clock, log, connect } = serverForTest()
    const events = eventsOf('s', 5).map((event, i) =>
      i === 1 || i === 2 ? { ...event, joined: true as const } : event,
    )
    await log.append('store', 0, null, events)
    const peer = await connect()
    peer.pull(1, 0, null, { limit: 2 }).pull(2, 4, 's.4', { limit: 2 }).pull(3, 5, 's.5')
    await clock.run()
    expect(peer.news()).toEqual(['page 1: 1,2,3,4 /5 more', 'page 2: 5 /5', 'page 3:  /5'])
    peer.pull(1, 4, 's.9')
    await clock.run()
    expect(peer.news()).toEqual(['error 1: sync/backend-mismatch no'])
  })

  test('live brings what comes later, not what this connection pushed itself, until stop', async () => {
    const { clock, log, server, connect } = serverForTest()
    await log.append('store', 0, null, eventsOf('t', 3))
    const peer = await connect()
    peer.pull(1, 0, null, { live: true, limit: 2 })
    await clock.run()
    expect(peer.news()).toEqual(['page 1: 1,2 /3 more', 'page 1: 3 /3'])
    peer.push(2, 3, 't.3', [eventOf('s', 1)])
    await clock.run()
    expect(peer.news()).toEqual(['pushed 2: 4'])
    await log.append('store', 4, 's.1', eventsOf('t', 1, 4))
    await clock.run()
    expect(peer.news()).toEqual(['page 1: 5 /5'])
    expect(server.stats().livePulls).toBe(1)
    peer.up({ type: 'stop', ref: 1 }).up({ type: 'stop', ref: 77 })
    await log.append('store', 5, 't.4', eventsOf('t', 1, 5))
    await clock.run()
    expect(peer.news()).toEqual([])
    expect(server.stats().livePulls).toBe(0)
  })

  test('BND-1 pulls that are open at once are bounded, and a ref is used once at a time', async () => {
    const { clock, connect } = serverForTest()
    const peer = await connect()
    for (let ref = 1; ref <= 8; ref++) peer.pull(ref, 0, null, { live: true })
    await clock.run()
    expect(peer.take()).toHaveLength(8)
    peer.pull(9, 0, null)
    expect(peer.news()).toEqual(['error 9: sync/limit backoff'])
    const other = await connect()
    other.pull(1, 0, null, { live: true }).pull(1, 0, null, { live: true })
    expect(other.news()).toEqual(['error: protocol/malformed no'])
  })
})

/** Lets the hello in; of the right to pull it says nothing until `answer` does. */
function askedAgain() {
  const right = deferred<boolean>()
  let asked = 0
  return { authorize: () => asked++ === 0 || right.promise, answer: right.resolve }
}

describe('a live pull that is not allowed yet', () => {
  test('ISO-1 brings nothing of what is appended while `authorize` is asked', async () => {
    const { authorize, answer } = askedAgain()
    const { clock, log, connect } = serverForTest({ authorize })
    const peer = await connect()
    peer.pull(1, 0, null, { live: true })
    await log.append('store', 0, null, eventsOf('t', 2))
    await clock.run()
    expect(peer.news()).toEqual([])
    answer(false)
    await clock.run()
    expect(peer.news()).toEqual(['error: sync/forbidden no'])
  })

  test('LOG-2 brings nothing of a history that the client does not have', async () => {
    const { authorize, answer } = askedAgain()
    const { clock, log, connect } = serverForTest({ authorize })
    await log.append('store', 0, null, eventsOf('t', 2))
    const peer = await connect()
    peer.pull(1, 2, 'mine.2', { live: true })
    await log.append('store', 2, 't.2', eventsOf('t', 1, 3))
    await clock.run()
    answer(true)
    await clock.run()
    expect(peer.news()).toEqual(['error 1: sync/backend-mismatch no'])
  })

  test('brings what was appended meanwhile once it is', async () => {
    const { authorize, answer } = askedAgain()
    const { clock, log, connect } = serverForTest({ authorize })
    const peer = await connect()
    peer.pull(1, 0, null, { live: true })
    await log.append('store', 0, null, eventsOf('t', 2))
    await clock.run()
    answer(true)
    await clock.run()
    expect(peer.news()).toEqual(['page 1: 1,2 /2'])
  })
})

describe('fan-out', () => {
  test('one read of the log serves all who stand at one position', async () => {
    const { clock, log, server, connect } = serverForTest()
    const peers = await Promise.all(Array.from({ length: 50 }, () => connect()))
    for (const peer of peers) peer.pull(1, 0, null, { live: true })
    await clock.run()
    for (const peer of peers) peer.take()
    const before = server.stats().logReads
    await log.append('store', 0, null, eventsOf('t', 3))
    await clock.run()
    for (const peer of peers) expect(peer.news()).toEqual(['page 1: 1,2,3 /3'])
    expect(server.stats().logReads - before).toBe(1)
  })

  test('what is pushed here goes to the readers as one text, without a read of the log', async () => {
    const { clock, server, connect } = serverForTest()
    const peers = await Promise.all(Array.from({ length: 40 }, () => connect()))
    for (const peer of peers) peer.pull(1, 0, null, { live: true })
    await clock.run()
    for (const peer of peers) peer.take()
    const before = server.stats().logReads
    const [writer] = peers as [TestPeer]
    writer.push(2, 0, null, eventsOf('s', 2)).push(3, 2, 's.2', [eventOf('s', 3)])
    await clock.run()
    expect(writer.news()).toEqual(['pushed 2: 1,2', 'pushed 3: 3'])
    const seqs = (peer: TestPeer) =>
      peer.take().flatMap((page) => ('events' in page ? page.events.map(({ seq }) => seq) : []))
    for (const peer of peers.slice(1)) expect(seqs(peer)).toEqual([1, 2, 3])
    expect(new Set(peers.slice(1).map(({ frames }) => frames.join())).size).toBe(1)
    expect(server.stats().logReads).toBe(before)
  })

  test('BND-1 a slow reader gets nothing more until it has taken what there is, goes on where it was, and costs the others nothing', async () => {
    const { clock, log, connect } = serverForTest()
    const [slow, quick] = [await connect(), await connect()]
    for (const peer of [slow, quick]) peer.pull(1, 0, null, { live: true })
    await clock.run()
    slow.take()
    slow.stuck = true
    for (let n = 1; n <= 40; n++) {
      await log.append('store', n - 1, n === 1 ? null : `t.${n - 1}`, [eventOf('t', n, { args: 'x'.repeat(10_000) })])
      await clock.run(10)
    }
    expect(quick.take().filter(({ type }) => type === 'page')).toHaveLength(41)
    // 64 KiB wait: seven pages of one event.
    expect(slow.take()).toHaveLength(7)
    await clock.run(50_000)
    expect(slow.take()).toHaveLength(0)
    slow.stuck = false
    slow.buffered = 0
    await clock.run(100)
    const seqs = slow.take().flatMap((message) => (message.type === 'page' ? message.events.map(({ seq }) => seq) : []))
    expect(seqs).toEqual(Array.from({ length: 33 }, (_, i) => i + 8))
  })

  test('BND-1 a reader that takes nothing is closed in time, one that goes on asking for answers at once', async () => {
    const { clock, log, connect } = serverForTest({ limits: { outboundBytes: 200_000 } })
    await log.append(
      'store',
      0,
      null,
      eventsOf('t', 1).map((event) => ({ ...event, args: 'x'.repeat(70_000) })),
    )
    const dead = await connect()
    dead.stuck = true
    dead.pull(1, 0, null, { live: true }).pull(2, 0, null, { live: true })
    await clock.run(100_000)
    // At the head nothing has to be sent: the time counts from the first page that cannot go out.
    await log.append('store', 1, 't.1', eventsOf('t', 1, 2))
    await clock.run(59_000)
    expect(dead.closedFor).toBeNull()
    await clock.run(2_000)
    expect(dead.closedFor).toBe('sync/limit')
    expect(clock.pending).toBe(0)
    const greedy = await connect()
    greedy.stuck = true
    for (let ref = 1; ref <= 4; ref++) greedy.push(ref, 0, null, [eventOf('s', ref)])
    await clock.run()
    expect(greedy.closedFor).toBe('sync/limit')
  })

  test('ISO-1 what is appended to one store is heard in no other', async () => {
    const { clock, log, connect } = serverForTest()
    const [a, b] = [await connect({ storeId: 'a' }), await connect({ storeId: 'b' })]
    for (const peer of [a, b]) peer.pull(1, 0, null, { live: true })
    await clock.run()
    a.take()
    b.take()
    await log.append('a', 0, null, eventsOf('t', 2))
    await clock.run()
    expect(a.news()).toEqual(['page 1: 1,2 /2'])
    expect(b.news()).toEqual([])
  })
})

test('the memory transport carries frames both ways, later and in order, until either side closes', async () => {
  const { clock, server } = serverForTest()
  const trace: string[] = []
  const events = (name: string) => ({
    open: () => trace.push(`${name} open`),
    frame: (text: string) => trace.push(`${name} ${JSON.parse(text).type}`),
    closed: ({ code }: { code: string }) => trace.push(`${name} closed ${code}`),
  })
  const hello = '{"type":"hello","protocol":1,"storeId":"s","clientId":"c","head":0,"headId":null}'
  const transport = memoryTransport(server, clock)
  const line = transport.connect(events('a'))
  expect(trace).toEqual([])
  await clock.run()
  line.send(hello)
  line.send('{"type":"ping","rtt":1}')
  expect(trace).toEqual(['a open'])
  await clock.run()
  expect(trace.splice(0)).toEqual(['a open', 'a welcome', 'a pong'])
  line.close()
  await clock.run()
  expect(trace).toEqual([])
  expect(server.stats().connections).toBe(0)
  const other = transport.connect(events('b'))
  await clock.run()
  other.send('nonsense')
  await clock.run()
  expect(trace).toEqual(['b open', 'b error', 'b closed sync/offline'])
  expect(new TestPeer(server).closedFor).toBeNull()
})
