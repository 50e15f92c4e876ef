import { describe, expect, test } from 'vitest'
import { StoreError } from '../base/errors.ts'
import type { Commit } from '../protocol/event-record.ts'
import { TestClient } from '../testing/test-client.ts'
import { digestOf } from './digest-of.ts'
import { events, notes, notesSchema, ui } from './testing/notes-schema.ts'
import { add, world } from './testing/world.ts'

describe('two clients', () => {
  test('SYNC-1 500 commits each, made offline to the same rows, end in one state', async () => {
    const { clock, backend, client } = world()
    const [a, b] = [await client().open(), await client().open()]
    backend.cut()
    await clock.run(10)
    for (let i = 0; i < 500; i++) {
      for (const [name, store] of Object.entries({ a, b })) {
        const id = `n${i % 50}`
        if (store.query(notes.where({ id }).first())) store.commit(events.noteGone({ id }), add(id, `${name}${i}`))
        else store.commit(add(id, `${name}${i}`))
      }
      if (i % 100 === 0) await clock.run(1)
    }
    expect(a.status.connection.value).toBe('offline')
    expect(a.status.pending.value).toBeGreaterThanOrEqual(500)
    backend.reachable = true
    await clock.run(60_000)
    await Promise.all([a.settled(), b.settled()])
    expect(a.status.upstreamHead.value).toBe(b.status.upstreamHead.value)
    expect([a.status.pending.value, b.status.pending.value]).toEqual([0, 0])
    expect(digestOf(a)).toBe(digestOf(b))
    expect(a.status.quarantined.value).toEqual(b.status.quarantined.value)
  })

  test('a rebase is told with its commits, and leaves no trace of what became a no-op', async () => {
    const { clock, backend, client } = world()
    const [a, b] = [await client().open(), await client().open()]
    a.commit(add('x', 'first'))
    await clock.run(100)
    backend.cut()
    const rebases: Record<'undone' | 'replayed', string[]>[] = []
    const names = (commits: readonly Commit[]) => commits.flat().map(({ name }) => name)
    b.on('rebase', ({ undone, replayed }) => rebases.push({ undone: names(undone), replayed: names(replayed) }))
    b.commit(events.noteRanked({ id: 'x', rank: 1 }))
    const late: unknown[] = []
    b.subscribe(notes.where({ id: 'x' }).first(), (note) => late.push(note))
    backend.reachable = true
    const third = await client().open()
    third.commit(events.noteGone({ id: 'x' }))
    // `b` waits for its back-off: the deletion comes first in the order.
    await clock.run(1)
    expect(third.status.upstreamHead.value).toBe(2)
    expect(b.status.upstreamHead.value).toBe(1)
    await clock.run(60_000)
    expect(b.query(notes.where({ id: 'x' }).first())).toBe(undefined)
    expect(late.at(-1)).toBe(undefined)
    expect(digestOf(a)).toBe(digestOf(b))
    expect(rebases).toContainEqual({ undone: ['v1.NoteRanked'], replayed: ['v1.NoteGone', 'v1.NoteRanked'] })
  })
})

describe('a leader that changes', () => {
  test('DUR-1 commits that were on their way reach the next leader, once', async () => {
    const { clock, backend, client } = world()
    const mine = client()
    const store = await mine.open()
    const first = store.status.leader.value ?? 0
    const epochs: number[] = []
    store.on('leader', ({ epoch }) => epochs.push(epoch))
    const receipts = []
    for (let i = 0; i < 20; i++) {
      receipts.push(store.commit(add(`n${i}`), add(`m${i}`)))
      if (i % 5 === 0) await mine.crash()
    }
    await clock.run(60_000)
    await Promise.all(receipts.map((receipt) => receipt.confirmed))
    expect(store.status.upstreamHead.value).toBe(40)
    expect(backend.server.stats().pushes.appended).toBeGreaterThan(0)
    expect(epochs.map((epoch) => epoch - first)).toEqual([1, 2, 3, 4])
    expect(store.status.leader.value).toBe(first + 4)
  })

  test('SYNC-2 while there is no leader, status says so', async () => {
    const { clock, client } = world()
    const mine = client()
    const store = await mine.open()
    await mine.stop()
    expect(store.status.waits.value.map((wait) => wait.code)).toContain('leader')
    const receipt = store.commit(add('a'))
    mine.lead()
    await clock.run(1_000)
    await receipt.confirmed
    expect(store.status.waits.value).toEqual([])
  })

  test('SYNC-2 a reader of events does not hang on a page that a dead leader owed', async () => {
    const { clock, client } = world()
    const mine = client()
    const store = await mine.open()
    store.commit(add('a'))
    await clock.run(1_000)
    const next = store.events().next()
    await mine.crash()
    await clock.run(1_000)
    expect((await next).value).toMatchObject({ seq: 1, name: 'v1.NoteAdded' })
  })
})

describe('the events stream', () => {
  test('resumes after a seq, goes on live, ends when the store is closed while it waits', async () => {
    const { clock, client } = world()
    const store = await client().open()
    for (let i = 0; i < 5; i++) store.commit(add(`n${i}`))
    await clock.run(1_000)
    const seqs: number[] = []
    let ended = false
    const reading = (async () => {
      for await (const event of store.events({ after: 2 })) seqs.push(event.seq)
      ended = true
    })()
    await clock.run(10)
    expect(seqs).toEqual([3, 4, 5])
    store.commit(add('late'))
    await clock.run(1_000)
    expect(seqs).toEqual([3, 4, 5, 6])
    const closing = store.close()
    await clock.run(1_000)
    await Promise.all([closing, reading])
    expect(ended).toBe(true)
  })

  test('crosses pages, in order', async () => {
    const { clock, client } = world()
    const store = await client().open()
    store.commit(...Array.from({ length: 1_300 }, (_, i) => add(`n${i}`)))
    await clock.run(5_000)
    let last = 0
    const reading = (async () => {
      for await (const event of store.events()) {
        expect(event.seq).toBe(last + 1)
        last = event.seq
        if (last === 1_300) return
      }
    })()
    await clock.run(1_000)
    await reading
    expect(last).toBe(1_300)
  })
})

describe('tokens', () => {
  test('auth is asked with the reason, again when the token is refused', async () => {
    const asked: string[] = []
    const { clock, client } = world({
      authenticate: (token) => {
        if (token !== 'good') throw new StoreError('sync/unauthorized', `not ${token}`)
        return { id: 'me' }
      },
    })
    const store = await client().open({
      auth: ({ reason }) => {
        asked.push(reason)
        return asked.length === 1 ? 'stale' : 'good'
      },
    })
    await clock.run(10_000)
    expect(asked).toEqual(['connect', 'refused'])
    expect(store.status.connection.value).toBe('online')
    expect(store.status.error.value).toBe(null)
  })

  test('SYNC-2 an auth callback that throws is reported, waited for and asked again', async () => {
    let calls = 0
    const { clock, client } = world({ authenticate: (token) => ({ id: String(token) }) })
    const errors: StoreError[] = []
    const mine = client()
    const opening = mine.open({
      auth: async () => {
        calls += 1
        if (calls < 3) throw new Error('no network')
        return 'token'
      },
    })
    const store = await opening
    store.on('error', (error) => errors.push(error))
    await clock.run(1)
    expect(store.status.connection.value).toBe('offline')
    expect(store.status.error.value?.message).toBe('The auth callback failed: no network')
    expect(store.status.waits.value.map((wait) => wait.code)).toEqual(['backend'])
    const since = store.status.waits.value[0]?.since
    await clock.run(300)
    expect(calls).toBe(2)
    expect(store.status.waits.value[0]?.since).toBe(since)
    await clock.run(60_000)
    expect(calls).toBe(3)
    expect(errors.map((error) => error.code)).toEqual(['sync/unauthorized'])
    expect(store.status.connection.value).toBe('online')
  })

  test('SYNC-2 where one tab has no token to give, another tab is waited for', async () => {
    const { clock, client } = world({ authenticate: (token) => ({ id: String(token) }) })
    const mine = client()
    const failing = await mine.open({ auth: () => Promise.reject(new Error('signed out here')) })
    await clock.run(100)
    expect(failing.status.error.value?.code).toBe('sync/unauthorized')
    const slow = await mine.open({
      auth: () => new Promise((resolve) => clock.after(500, () => resolve('token'))),
    })
    await clock.run(10_000)
    expect([failing.status.connection.value, slow.status.connection.value]).toEqual(['online', 'online'])
    expect(slow.status.error.value).toBe(null)
  })

  test('SYNC-2 a tab that does not answer hides neither the refusal of another nor holds it up', async () => {
    const { clock, client } = world({ authenticate: (token) => ({ id: String(token) }) })
    const mine = client()
    const hung = await mine.open({ auth: () => new Promise(() => {}) })
    await clock.run(16_000)
    let calls = 0
    const signedOut = () => {
      calls += 1
      return Promise.reject(new Error('signed out'))
    }
    const other = await mine.open({ auth: signedOut })
    await clock.run(60_000)
    for (const store of [hung, other]) {
      expect(store.status.error.value?.message).toBe('The auth callback failed: signed out')
    }
    expect(calls).toBeGreaterThan(3)
    await other.close()
    await clock.run(60_000)
    expect(hung.status.error.value?.message).toContain('gave no token')
  })

  test('SYNC-2 renewToken lets in who was refused, with and without auth, and whatever auth answers later', async () => {
    const authenticate = (token: string | null) => {
      if (token !== 'good') throw new StoreError('sync/unauthorized', `not ${token}`)
      return { id: 'me' }
    }
    const { clock, client } = world({ authenticate })
    for (const auth of [undefined, async () => 'bad', () => slowly('bad')]) {
      const store = await client().open(auth && { auth })
      await clock.run(1_000)
      expect(store.status.connection.value).not.toBe('online')
      store.renewToken('good')
      await clock.run(5_000)
      expect(store.status.connection.value).toBe('online')
    }

    function slowly(token: string): Promise<string> {
      return new Promise((resolve) => clock.after(1_500, () => resolve(token)))
    }
  })

  test('SYNC-2 an identity that may only read says what it waits for; a token that may write sends what is pending', async () => {
    const { clock, client } = world({
      authenticate: (token) => ({ id: token ?? 'reader' }),
      authorize: ({ id }, _, access) => access === 'read' || id === 'writer',
    })
    const store = await client().open()
    const receipt = store.commit(add('a'))
    await clock.run(1_000)
    expect(store.status.error.value?.code).toBe('sync/forbidden')
    expect(store.status.waits.value.map((wait) => wait.code)).toEqual(['push'])
    expect([store.status.connection.value, store.status.pending.value]).toEqual(['online', 1])
    expect(store.pending().map(({ id }) => id)).toEqual(receipt.ids)
    store.renewToken('writer')
    await clock.run(1_000)
    await receipt.confirmed
    expect([store.pending(), store.status.waits.value]).toEqual([[], []])
    expect(store.status.error.value).toBe(null)
  })

  test('ISO-1 an identity that may not read is stopped, and let in with another token', async () => {
    const { clock, client } = world({
      authenticate: (token) => ({ id: token ?? 'nobody' }),
      authorize: ({ id }) => id === 'member',
    })
    const store = await client().open()
    await clock.run(1_000)
    expect([store.status.connection.value, store.status.error.value?.code]).toEqual(['stopped', 'sync/forbidden'])
    const member = await client().open({ auth: () => 'member' })
    await clock.run(1_000)
    expect(member.status.connection.value).toBe('online')
  })
})

describe('a store that was alone', () => {
  test('SYNC-1 gets its history to an empty backend, also when the upload is cut', async () => {
    const { clock, backend, client } = world()
    const alone = new TestClient({ schema: notesSchema(), clock, seed: 50 })
    const first = await alone.open()
    for (let i = 0; i < 3_000; i++) first.commit(add(`n${i}`, 'x'.repeat(300)))
    await clock.run(1_000)
    expect(first.status.connection.value).toBe('none')
    expect(first.status.upstreamHead.value).toBe(3_000)
    const closing = first.close()
    await clock.run()
    await closing
    alone.sync = backend
    const again = await alone.open()
    again.commit(add('later'))
    backend.cut()
    backend.reachable = true
    await clock.run(60_000)
    await again.settled()
    const other = await client().open()
    await clock.run(10_000)
    expect(other.status.upstreamHead.value).toBe(3_001)
    expect(digestOf(other)).toBe(digestOf(again))
  })

  test('SYNC-2 with a backend it confirms nothing by itself any more, and says what it waits for', async () => {
    const { clock, client } = world()
    const mine = client()
    const first = await mine.open()
    await clock.run(10)
    const closing = first.close()
    await clock.run(10)
    await closing
    mine.sync = undefined
    const store = await mine.open()
    expect(store.status.waits.value).toEqual([])
    store.commit(add('a'))
    await clock.run(10)
    expect([store.status.connection.value, store.status.pending.value]).toEqual(['none', 1])
    expect(store.status.waits.value.map(({ code }) => code)).toEqual(['backend'])
  })

  test('LOG-2 refuses another’s backend, and keeps everything', async () => {
    const { clock, backend, client } = world()
    const other = await client().open()
    other.commit(add('theirs'), add('also'))
    await clock.run(1_000)
    for (const mine of [1, 3]) {
      const alone = new TestClient({ schema: notesSchema(), clock, seed: 60 + mine })
      const first = await alone.open()
      for (let i = 0; i < mine; i++) first.commit(add(`n${i}`))
      await clock.run()
      const closing = first.close()
      await clock.run()
      await closing
      alone.sync = backend
      const again = await alone.open()
      await clock.run(60_000)
      expect(again.status.connection.value).toBe('stopped')
      expect(again.status.error.value?.code).toBe('sync/backend-mismatch')
      expect(again.query(notes.count())).toBe(mine)
      expect(other.status.upstreamHead.value).toBe(2)
    }
  })
})

test('QRY-1 null and the text null are two questions', async () => {
  const { client } = world()
  const store = await client().open()
  store.commit(add('a', 'null'), events.noteRanked({ id: 'a', rank: null }))
  expect(store.query(notes.where({ text: 'null' }).count())).toBe(1)
  expect(store.query(notes.where({ rank: null }).count())).toBe(1)
  expect(store.query(ui.where({ key: 'null' }).count())).toBe(0)
})

test('SESS-1 a second session of the client sees what the first has pending, and never less', async () => {
  const { clock, backend, client } = world()
  const mine = client()
  const first = await mine.open()
  backend.cut()
  first.commit(add('a'))
  await clock.run(1)
  const second = await mine.open()
  expect(second.query(notes.count())).toBe(1)
  expect(second.clientId).toBe(first.clientId)
  const counts: number[] = []
  second.subscribe(notes.count(), (count) => counts.push(count))
  first.commit(add('b'))
  second.commit(add('c'))
  await clock.run(1)
  backend.reachable = true
  await clock.run(60_000)
  expect(counts).toEqual([...counts].sort((x, y) => x - y))
  expect(counts.at(-1)).toBe(3)
  expect(digestOf(first)).toBe(digestOf(second))
})

test('BND-1 close leaves no timer, online or off', async () => {
  for (const reachable of [true, false]) {
    const { clock, backend, client } = world()
    const store = await client().open()
    store.commit(add('a'))
    await clock.run(1_000)
    if (!reachable) backend.cut()
    await clock.run(10)
    const closing = store.close()
    await clock.run(5_000)
    await closing
    await backend.server.close()
    expect(clock.pending).toBe(0)
  }
})
