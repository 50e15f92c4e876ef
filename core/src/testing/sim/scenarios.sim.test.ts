import { afterEach, expect, test } from 'vitest'
import { defineSchema } from '../../schema/schema.ts'
import { digestOf } from '../../store/digest-of.ts'
import { counters, items, names, notes, simEvents, simMaterializers, simSchema, simTables } from './sim-schema.ts'
import { loadSimSqlite } from './sim-sqlite.ts'
import { Stage, type StageOptions } from './stage.ts'

const openMemory = await loadSimSqlite()
const stages: Stage[] = []
afterEach(() => {
  for (const stage of stages.splice(0)) stage.release()
})

function stageFor(options: Partial<StageOptions> = {}): Stage {
  const stage = new Stage({ openMemory, ...options })
  stages.push(stage)
  return stage
}

const put = (id: string, title: string) => simEvents.itemPut({ id, title, rank: 0, owner: null, done: false })

test('SYNC-1 LOG-1 two clients with 500 commits each, offline, over the same rows: the last in the global order wins', async () => {
  const stage = stageFor()
  const [a, b] = [stage.client(simSchema), stage.client(simSchema)]
  const one = await stage.open(a, simSchema)
  const two = await stage.open(b, simSchema)
  await stage.settle()
  stage.network.disconnect(0)
  stage.network.disconnect(1)
  for (let i = 0; i < 500; i++) {
    one.session.commit(i % 5 === 0 ? [simEvents.bumped({ id: 'c', by: i })] : [put(`i${i % 7}`, `a${i}`)])
    two.session.commit(i % 5 === 0 ? [simEvents.bumped({ id: 'c', by: 3 * i })] : [put(`i${i % 7}`, `b${i}`)])
    if (i % 50 === 0) await stage.run(100)
  }
  await stage.run(1_000)
  expect(one.store.status.pending.value).toBe(500)
  stage.network.reconnect(0)
  stage.network.reconnect(1)
  await stage.settle()
  const log = await stage.log()
  expect(new Set(log.map((event) => event.id)).size).toBe(1_000)
  expect(digestOf(one.store)).toBe(digestOf(two.store))
  const winners = new Map<string, string>()
  let merged = 0
  for (const { name, args } of log) {
    const { id, title, by } = args as { id: string; title: string; by: number }
    if (name === 'v1.ItemPut') winners.set(id, title)
    // The materializer's own merge rule: what it read decides what it writes.
    else merged = (merged * 3 + by) % 1_000_003
  }
  for (const store of [one.store, two.store]) {
    expect(new Map(store.query(items).map((row) => [row.id, row.title]))).toEqual(new Map([...winners].sort()))
    expect(store.query(counters.where({ id: 'c' }).first())?.value).toBe(merged)
  }
})

test('SYNC-2 STATE-1 a materializer that throws on a pulled event stops nothing, and its effect comes with a mended version', async () => {
  const broken = schemaWith(1, ({ id }) => {
    if (id === 'bad') throw new Error('cannot')
    return notes.insert({ id, author: 'broken' })
  })
  const mended = schemaWith(2, ({ id, author }) => notes.insert({ id, author }))
  const stage = stageFor()
  const author = await stage.open(stage.client(simSchema), simSchema)
  const reader = stage.client(broken)
  const first = await stage.open(reader, broken)
  author.session.commit([simEvents.noted({ id: 'before', author: 'a' }), simEvents.bumped({ id: 'c', by: 1 })])
  author.session.commit([simEvents.bumped({ id: 'c', by: 5 }), simEvents.noted({ id: 'bad', author: 'a' })])
  author.session.commit([simEvents.noted({ id: 'after', author: 'a' })])
  await stage.settle()
  expect(first.store.query(notes).map((row) => row.id)).toEqual(['after', 'before'])
  expect(first.store.query(counters.where({ id: 'c' }).first())?.value).toBe(1)
  expect(first.store.status.quarantined.value.map((commit) => commit.seq)).toEqual([3])
  first.session.crash()
  reader.crash()
  await stage.run(100)
  const again = await stage.open(reader, broken)
  await stage.settle()
  expect(again.store.status.quarantined.value.map((commit) => commit.seq)).toEqual([3])
  again.session.crash()
  reader.crash()
  await stage.run(100)
  reader.upgrade(mended)
  const third = await stage.open(reader, mended)
  await stage.settle()
  expect(third.store.query(notes).map((row) => row.id)).toEqual(['after', 'bad', 'before'])
  expect(third.store.query(counters.where({ id: 'c' }).first())?.value).toBe(8)
  expect(third.store.status.quarantined.value).toEqual([])
})

test('LOG-1 a pending commit that throws at the leader after it was pushed is confirmed and quarantined, never rejected', async () => {
  // The second client's push is in the air when the first one's is taken.
  const stage = stageFor({ delays: [5, 60] })
  const one = await stage.open(stage.client(simSchema), simSchema)
  const two = await stage.open(stage.client(simSchema), simSchema)
  await stage.settle()
  const early = one.session.commit([simEvents.nameTaken({ name: 'n', owner: 'one' })])
  const late = two.session.commit([
    simEvents.nameTaken({ name: 'n', owner: 'two' }),
    simEvents.noted({ id: 'x', author: 'two' }),
  ])
  await stage.settle()
  expect([early?.confirmed, late?.confirmed, late?.rejected]).toEqual([true, true, null])
  for (const { store } of [one, two]) {
    expect(store.query(names)).toEqual([{ name: 'n', owner: 'one' }])
    expect(store.query(notes)).toEqual([])
    expect(store.status.quarantined.value.map((commit) => commit.ids)).toEqual([late?.ids])
  }
})

test('LOG-1 a pending commit that throws at the leader and was never pushed is rejected, and nothing else', async () => {
  const stage = stageFor()
  const one = await stage.open(stage.client(simSchema), simSchema)
  const two = await stage.open(stage.client(simSchema), simSchema)
  await stage.settle()
  stage.network.disconnect(1)
  await stage.run(5_000)
  one.session.commit([simEvents.nameTaken({ name: 'n', owner: 'one' })])
  const late = two.session.commit([simEvents.nameTaken({ name: 'n', owner: 'two' })])
  const other = two.session.commit([simEvents.noted({ id: 'x', author: 'two' })])
  await stage.run(5_000)
  expect(late?.acked).toBe(true)
  stage.network.reconnect(1)
  await stage.settle()
  expect(late?.rejected?.code).toBe('materializer/failed')
  expect(other?.confirmed).toBe(true)
  expect((await stage.log()).map((event) => event.name)).toEqual(['v1.NameTaken', 'v1.Noted'])
})

test('QRY-1 a rebase that turns a pending event into nothing leaves no trace, also for a query mounted after the commit', async () => {
  const stage = stageFor()
  const one = await stage.open(stage.client(simSchema), simSchema)
  const two = await stage.open(stage.client(simSchema), simSchema)
  one.session.commit([put('x', 'there')])
  await stage.settle()
  stage.network.disconnect(1)
  await stage.run(5_000)
  const before: unknown[] = []
  const after: unknown[] = []
  two.store.subscribe(items.where({ done: true }), (rows) => before.push(rows.length))
  two.session.commit([simEvents.itemDone({ id: 'x', done: true })])
  two.store.subscribe(items.where({ id: 'x' }).first(), (row) => after.push(row?.done))
  one.session.commit([simEvents.itemRemoved({ id: 'x' })])
  await stage.run(5_000)
  stage.network.reconnect(1)
  await stage.settle()
  expect(before).toEqual([0, 1, 0])
  expect(after).toEqual([true, undefined])
  expect(two.store.query(items)).toEqual([])
})

test('SYNC-1 a store without a sync confirms at once; a sync added later carries its history to an empty backend, also over a cut', async () => {
  const stage = stageFor({ pageEvents: 7 })
  let sync = false
  const client = stage.client(simSchema, () => sync)
  const alone = await stage.open(client, simSchema)
  for (let i = 0; i < 2_500; i++)
    alone.session.commit([put(`i${i % 20}`, `t${i}`), simEvents.bumped({ id: 'c', by: i })])
  await stage.run(2_000)
  expect(alone.store.status.upstreamHead.value).toBe(5_000)
  expect(alone.store.status.connection.value).toBe('none')
  alone.session.crash()
  client.crash()
  await stage.run(100)
  sync = true
  const { session, store } = await stage.open(client, simSchema)
  session.commit([simEvents.noted({ id: 'new', author: 'a' })])
  await stage.until(() => stage.uploaded > 0, 'a part is uploaded')
  stage.network.cut(0)
  await stage.settle()
  const log = await stage.log()
  expect(log).toHaveLength(5_001)
  expect(log.every((event, i) => event.seq === i + 1)).toBe(true)
  const other = await stage.open(stage.client(simSchema), simSchema)
  await stage.settle()
  expect(digestOf(other.store)).toBe(digestOf(store))
})

test('LOG-2 a store with a history of its own refuses the backend of another, and nothing is touched', async () => {
  const stage = stageFor()
  let sync = false
  const first = await stage.open(stage.client(simSchema), simSchema)
  first.session.commit([put('x', 'theirs')])
  const client = stage.client(simSchema, () => sync)
  const alone = await stage.open(client, simSchema)
  alone.session.commit([put('x', 'ours')])
  await stage.run(1_000)
  const digest = digestOf(alone.store)
  alone.session.crash()
  client.crash()
  await stage.run(100)
  sync = true
  const { session, store } = await stage.open(client, simSchema)
  await stage.until(() => store.status.connection.value === 'stopped', 'it stops')
  expect(store.status.error.value?.code).toBe('sync/backend-mismatch')
  expect(digestOf(store)).toBe(digest)
  expect(await stage.log()).toHaveLength(1)
  const late = session.commit([put('y', 'offline work goes on')])
  await stage.run(1_000)
  expect([late?.acked, late?.confirmed]).toEqual([true, false])
})

test('LOG-1 a partial ack, a local event and a foreign event in one go duplicate nothing', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const stage = stageFor({ seed, delays: [3 * seed, 20] })
    const one = await stage.open(stage.client(simSchema), simSchema)
    const two = await stage.open(stage.client(simSchema), simSchema)
    await stage.settle()
    one.session.commit([simEvents.bumped({ id: 'c', by: 1 })])
    await stage.run(1)
    one.session.commit([simEvents.bumped({ id: 'c', by: 2 })])
    two.session.commit([simEvents.bumped({ id: 'c', by: 7 })])
    await stage.run(3 * seed)
    one.session.commit([simEvents.draftBumped({ key: 'd', by: 4 })])
    one.session.commit([simEvents.bumped({ id: 'c', by: 3 })])
    await stage.settle()
    const log = await stage.log()
    expect(log).toHaveLength(4)
    const value = log.reduce((sum, { args }) => (sum * 3 + (args as { by: number }).by) % 1_000_003, 0)
    for (const { store } of [one, two]) expect(store.query(counters.where({ id: 'c' }).first())?.value).toBe(value)
  }
})

test('LOG-4 SESS-1 a session whose site data were cleared says so, sends again what it holds, and its parents never decrease', async () => {
  const stage = stageFor()
  const client = stage.client(simSchema)
  const { session, store } = await stage.open(client, simSchema)
  session.commit([put('x', 'confirmed')])
  await stage.settle()
  stage.network.disconnect(0)
  const pending = session.commit([put('y', 'acked')])
  await stage.run(1_000)
  const told: string[] = []
  store.on('error', (error) => told.push(error.code))
  client.loseStorage()
  client.lead()
  await stage.run(10_000)
  const after = session.commit([put('z', 'after')])
  stage.network.reconnect(0)
  await stage.settle()
  expect(told).toEqual(['storage/corrupt'])
  expect([pending?.acked, pending?.confirmed, after?.confirmed]).toEqual([true, true, true])
  const log = await stage.log()
  expect(log.map(({ id }) => id)).toEqual([1, 2, 3].map((n) => `${store.sessionId}.${n}`))
  expect(log.map(({ parent }) => parent)).toEqual([0, 1, 1])
})

test('LOG-4 what was said to the leader of a file that is gone is not taken by the leader of the next', async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const stage = stageFor({ seed })
    const client = stage.client(simSchema)
    const { session, store } = await stage.open(client, simSchema)
    await stage.settle()
    const made = Array.from({ length: 20 }, (_, i) => [put('x', `t${i}`)])
    for (const events of made.splice(0, 10)) session.commit(events)
    await stage.run(2)
    client.loseStorage()
    client.lead()
    for (const events of made) {
      await stage.run(1)
      session.commit(events)
    }
    await stage.settle()
    expect((await stage.log()).map(({ id }) => id)).toEqual(
      Array.from({ length: 20 }, (_, i) => `${store.sessionId}.${i + 1}`),
    )
  }
})

test('SYNC-2 five writers with 5 ms round trip and one with 100 ms: the slow one pushes at least once a second', async () => {
  const stage = stageFor({ delays: [2, 2, 2, 2, 2, 50] })
  const writers = []
  for (let i = 0; i < 6; i++) writers.push(await stage.open(stage.client(simSchema), simSchema))
  await stage.settle()
  const confirmed = writers.map(() => 0)
  const end = stage.time + 20_000
  for (const [i, { session, store }] of writers.entries()) {
    const write = () => {
      if (stage.time >= end) return
      session.commit([simEvents.bumped({ id: `c${i}`, by: 1 })])
      void store.settled().then(() => {
        confirmed[i] = (confirmed[i] ?? 0) + 1
        session.process.clock.soon(write)
      })
    }
    write()
  }
  await stage.run(20_000)
  expect(confirmed[5]).toBeGreaterThanOrEqual(20)
  expect(confirmed[0]).toBeGreaterThanOrEqual(20)
})

function schemaWith(version: number, noted: (args: { id: string; author: string }) => ReturnType<typeof notes.insert>) {
  return defineSchema({ version, tables: simTables, events: simEvents, materializers: { ...simMaterializers, noted } })
}

test('LOG-3 SYNC-2 a commit of 10,000 events goes over many small frames, whole, also when the line is cut in its middle', async () => {
  const stage = stageFor({ pageEvents: 7 })
  const one = await stage.open(stage.client(simSchema), simSchema)
  const two = await stage.open(stage.client(simSchema), simSchema)
  await stage.settle()
  const huge = one.session.commit(
    Array.from({ length: 10_000 }, (_, i) => simEvents.itemDone({ id: `i${i % 8}`, done: i % 3 === 0 })),
  )
  two.session.commit([simEvents.bumped({ id: 'c', by: 1 })])
  await stage.run(15)
  stage.network.cut(0)
  stage.network.cut(1)
  await stage.settle()
  expect(huge?.confirmed).toBe(true)
  const log = await stage.log()
  expect(log).toHaveLength(10_001)
  const from = log.findIndex(({ id }) => id === huge?.ids[0])
  expect(log.slice(from, from + 10_000).map(({ id }) => id)).toEqual(huge?.ids)
  expect(digestOf(one.store)).toBe(digestOf(two.store))
})
