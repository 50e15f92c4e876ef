import { describe, expect, test } from 'vitest'
import { StoreError } from '../base/errors.ts'
import { printOf } from '../protocol/commit-print.ts'
import type { LeaderMessage, SessionMessage } from '../protocol/leader-messages.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { digestOf } from '../store/digest-of.ts'
import { events, notes, notesSchema } from '../store/testing/notes-schema.ts'
import { TestBackend } from '../testing/test-backend.ts'
import { TestClient } from '../testing/test-client.ts'

const add = (id: string, text = '') => events.noteAdded({ id, text })

/** A file whose transactions, or reads as well, fail at will. */
function brittle() {
  const disk = { full: false, unreadable: false }
  const fail = () => {
    throw new StoreError('storage/full', 'The disk is full.', { retry: 'backoff' })
  }
  const wrap = (file: SqliteDriver): SqliteDriver =>
    new Proxy(file, {
      get(target, name) {
        const value = Reflect.get(target, name, target)
        if (typeof value !== 'function') return value
        if (name === 'prepare' && disk.unreadable) return fail
        if (name !== 'transaction') return value.bind(target)
        return (run: () => unknown) =>
          target.transaction(() => {
            const result = run()
            if (disk.full) fail()
            return result
          })
      },
    })
  return { disk, wrap }
}

async function onBrittleDisk() {
  const { disk, wrap } = brittle()
  const client = new TestClient({ schema: notesSchema(), disk: wrap })
  return { disk, client, clock: client.clock, store: await client.open() }
}

describe('a disk that fails', () => {
  test('SYNC-2 is waited for, said in status, and everything goes on when it works again', async () => {
    const { disk, clock, store } = await onBrittleDisk()
    disk.full = true
    const receipts = [store.commit(add('a')), store.commit(add('b'))]
    await clock.run(3_000)
    receipts.push(store.commit(add('c')))
    await clock.run(20_000)
    expect(store.status.waits.value.map(({ code }) => code)).toEqual(['storage'])
    expect(store.status.error.value?.code).toBe('storage/full')
    expect(store.status.pending.value).toBe(3)
    disk.full = false
    await clock.run(10_000)
    await Promise.all(receipts.map((receipt) => receipt.confirmed))
    expect(store.status.waits.value).toEqual([])
    expect(store.status.error.value).toBe(null)
    expect(store.status.upstreamHead.value).toBe(3)
  })

  test('SYNC-2 a reader of events gets the page that could not be read, once it can be', async () => {
    const { disk, clock, store } = await onBrittleDisk()
    store.commit(add('a'))
    await clock.run(100)
    disk.unreadable = true
    let seq = 0
    void store
      .events()
      .next()
      .then(({ value }) => {
        seq = value?.seq ?? -1
      })
    await clock.run(10)
    disk.unreadable = false
    await clock.run(60_000)
    expect(seq).toBe(1)
  })

  test.each([false, true])('DUR-1 nothing is acked before it is durable (unreadable too: %s)', async (unreadable) => {
    const { disk, client, clock, store } = await onBrittleDisk()
    disk.full = true
    disk.unreadable = unreadable
    let acked = false
    const receipt = store.commit(add('a'))
    void receipt.acked.then(() => {
      acked = true
    })
    await clock.run(200)
    // Sessions that greet now are told of what is on the disk, not of what was rolled back.
    const second = client.open()
    await clock.run(20_000)
    expect(acked).toBe(false)
    if (!unreadable) expect((await second).query(notes.count())).toBe(0)
    Object.assign(disk, { full: false, unreadable: false })
    await clock.run(20_000)
    expect(acked).toBe(true)
    expect((await second).query(notes.count())).toBe(1)
    expect(digestOf(await second)).toBe(digestOf(store))
  })

  test('LOG-1 closing meanwhile leaves no gap', async () => {
    const { disk, client, clock, store } = await onBrittleDisk()
    store.commit(add('a'))
    await clock.run(10)
    disk.full = true
    store.commit(add('b'))
    await clock.run(150)
    disk.full = false
    await client.stop()
    const seqs = client.file.prepare('SELECT seq FROM livefold_eventlog ORDER BY seq').values().flat().map(Number)
    expect(seqs).toEqual(seqs.map((_, i) => i + 1))
    client.lead()
    await clock.run(1_000)
    await store.settled()
    expect(store.query(notes.count())).toBe(2)
    expect(client.file.prepare('SELECT max(seq), count(*) FROM livefold_eventlog').values()[0]?.map(Number)).toEqual([
      2, 2,
    ])
  })
})

test('LEAD-1 a deposed leader writes nothing, says so, and its sessions find the next', async () => {
  const client = new TestClient({ schema: notesSchema() })
  const { clock } = client
  const store = await client.open()
  const epoch = client.host.leader?.epoch ?? 0
  const { say } = rawSession(client)
  say(helloOf(client.schema, 'zombie'))
  client.lead()
  await clock.run(100)
  expect(store.status.leader.value).toBe(epoch + 1)
  const before = Number(client.file.prepare('SELECT count(*) FROM livefold_eventlog').value())
  say({ type: 'commit', local: false, events: [record('zombie.1', 'zombie')] })
  await clock.run(100)
  expect(client.errors.map(({ code }) => code)).toEqual(['leader/lost'])
  expect(Number(client.file.prepare('SELECT count(*) FROM livefold_eventlog').value())).toBe(before)
  const receipt = store.commit(add('a'))
  await clock.run(100)
  await receipt.confirmed
})

test('LOG-4 SYNC-2 on a line that takes the place of another nothing is taken before a hello: what was lost with that one comes first', async () => {
  const client = new TestClient({ schema: notesSchema() })
  await client.open()
  const { say, heard } = rawSession(client)
  // 'author.1' was sent on the line before, and lost with it. The session does not know yet.
  say({ type: 'commit', local: false, events: [record('author.2', 'author')] })
  await client.clock.run(100)
  const unconfirmed = ['author.1', 'author.2'].map((id) => ({ id, print: printOf([record(id, 'author')]) }))
  say({ ...helloOf(client.schema, 'author'), made: 2, unconfirmed })
  await client.clock.run(100)
  const outcomes = heard.flatMap((message) => (message.type === 'snapshot' ? message.outcomes : []))
  expect(outcomes.map(({ state }) => state)).toEqual(['unknown', 'unknown'])
  say({ type: 'commit', local: false, events: [record('author.1', 'author'), record('author.2', 'author')] })
  await client.clock.run(100)
  expect(heard.filter(({ type }) => type === 'advance')).toMatchObject([{ confirmed: ['author.1', 'author.2'] }])
})

test('BND-1 a session that does not follow is cut off, and catches up with what it missed', async () => {
  const client = new TestClient({ schema: notesSchema() })
  const { clock } = client
  const [writer, lazy] = [await client.open(), await client.open()]
  for (let i = 0; i < 1_200; i++) {
    writer.commit(add(`n${i}`))
    if (i % 3 === 0) await clock.run()
  }
  await clock.run(1_000)
  expect(lazy.query(notes.count())).toBe(1_200)
  expect(digestOf(lazy)).toBe(digestOf(writer))
})

test('SYNC-2 a connection that greets and then fails is returned to with longer and longer waits', async () => {
  const client = new TestClient({ schema: notesSchema() })
  const { clock } = client
  const backend = new TestBackend(clock, {
    validate: () => {
      throw new StoreError('storage/io', 'a passing failure of the server', { retry: 'backoff' })
    },
  })
  client.sync = backend
  const store = await client.open()
  store.commit(add('a'))
  await clock.run(60_000)
  expect(backend.attempts).toBeGreaterThan(4)
  expect(backend.attempts).toBeLessThan(14)
  expect(store.status.pending.value).toBe(1)
})

/** A session's end of a line, by hand. */
function rawSession(client: TestClient) {
  const { leader } = client.host
  const heard: LeaderMessage[] = []
  const session = { heard, say: (_: SessionMessage) => {} }
  leader?.connect({
    send: ({ message }) => heard.push(message),
    close: () => {},
    listen: (hear) => {
      session.say = (message) => hear({ epoch: leader.epoch, message })
    },
  })
  return { heard, say: (message: SessionMessage) => session.say(message) }
}

function record(id: string, sessionId: string) {
  const args = { id, text: '' }
  return { id, name: 'v1.NoteAdded', args, clientId: 'c', sessionId, parent: 0, at: 0 }
}

function helloOf({ hash, version }: AnySchema, sessionId: string): Extract<SessionMessage, { type: 'hello' }> {
  const nothing = { dbId: null, head: 0, localHead: 0, made: 0, unconfirmed: [] }
  return { type: 'hello', sessionId, schemaHash: hash, version, ...nothing }
}
