import { effect } from '@preact/signals-core'
import { describe, expect, test } from 'vitest'
import { StoreError } from '../base/errors.ts'
import { computed } from '../query/computed-query.ts'
import type { NewEvent } from '../schema/event.ts'
import { thrownBy } from '../testing/conformance/thrown.ts'
import { TestClient } from '../testing/test-client.ts'
import { inspect } from './inspect.ts'
import { events, notes, notesSchema, ui } from './testing/notes-schema.ts'

async function opened(onNote?: () => void) {
  const client = new TestClient({ schema: notesSchema(onNote && { onNote }) })
  return { client, clock: client.clock, store: await client.open() }
}

const add = (id: string, text = '') => events.noteAdded({ id, text })

function failure(run: () => unknown): StoreError {
  const thrown = thrownBy(run)
  expect(thrown).toBeInstanceOf(StoreError)
  return thrown as StoreError
}

test.each([
  ['undefined', undefined, 'was given undefined'],
  ['a list', [add('a')], 'a list: spread it'],
  ['a definition', events.noteAdded, 'the definition v1.NoteAdded itself: call it'],
  ['a row', { id: 'a' }, 'was given an object that no definition made'],
  [
    'an event by hand',
    { name: 'v1.NoteAdded', args: { id: 'a', text: '' } },
    'was given an object that no definition made',
  ],
])('%s instead of an event is refused, and what it is is said', async (_, given, what) => {
  const { store } = await opened()
  const error = failure(() => store.commit(add('a'), given as unknown as NewEvent))
  expect([error.code, error.message]).toEqual(['event/invalid', expect.stringContaining(what)])
  expect(store.query(notes.count())).toBe(0)
})

describe('a commit that is refused leaves nothing', () => {
  test.each<[string, NewEvent[], string, (error: StoreError) => void]>([
    [
      'three events, one invalid',
      [add('a'), events.noteAdded({ id: '', text: 'x' }), add('b')],
      'event/invalid',
      ({ message, details }) => {
        expect(message).toContain('v1.NoteAdded')
        expect(message).toContain('$.id')
        expect(details).toMatchObject({ event: 'v1.NoteAdded', path: '$.id' })
      },
    ],
    [
      'an event the schema lacks',
      [add('a'), { name: 'v1.Nowhere', args: {}, local: false } as NewEvent],
      'event/unknown',
      ({ message }) => expect(message).toContain('v1.Nowhere'),
    ],
    [
      'synced and local together',
      [add('a'), events.uiSet({ key: 'k', value: 1 })],
      'event/invalid',
      ({ details }) => expect(details.events).toEqual(['v1.NoteAdded', 'v1.UiSet']),
    ],
    [
      'too many events',
      Array.from({ length: 10_001 }, (_, i) => add(`n${i}`)),
      'event/too-large',
      ({ message }) => expect(message).toContain('10001'),
    ],
    [
      'too many bytes',
      Array.from({ length: 10 }, (_, i) => add(`n${i}`, 'x'.repeat(900_000))),
      'event/too-large',
      () => {},
    ],
    ['one event beyond a frame', [add('a', 'x'.repeat(1024 * 1024))], 'event/too-large', () => {}],
    [
      'a materializer that fails at the second event',
      [add('a'), add('a')],
      'materializer/failed',
      ({ message }) => expect(message).toContain('v1.NoteAdded'),
    ],
  ])('%s', async (_, batch, code, more) => {
    const { store, clock } = await opened()
    const heard: number[] = []
    store.subscribe(notes.count(), (count) => heard.push(count))
    const error = failure(() => store.commit(...batch))
    expect(error.code).toBe(code)
    more(error)
    await clock.run()
    expect([store.query(notes.count()), store.query(ui.count())]).toEqual([0, 0])
    expect(store.status.pending.value).toBe(0)
    expect(heard).toEqual([0])
    const receipt = store.commit(add('a'))
    expect(receipt.ids).toEqual([`${store.sessionId}.1`])
    await clock.run()
    expect(store.status.upstreamHead.value).toBe(1)
  })

  test('STATE-4 an impure materializer is refused in development and named', async () => {
    const { store } = await opened()
    let calls = 0
    const impure = notesSchema()
    const client = new TestClient({
      schema: {
        ...impure,
        materializers: new Map(impure.materializers).set('v1.NoteAdded', ({ id }) =>
          notes.insert({ id, text: String(++calls) }),
        ),
      },
    })
    const other = await client.open()
    const error = failure(() => other.commit(add('a')))
    expect([error.code, error.message.includes('v1.NoteAdded')]).toEqual(['materializer/impure', true])
    expect(store.query(notes.count())).toBe(0)
  })
})

describe('reentrancy', () => {
  const refused = (run: () => unknown) => expect(failure(run).code).toBe('store/reentrant')

  test('a commit inside a computed is refused', async () => {
    const { store } = await opened()
    const reckless = computed((get) => {
      refused(() => store.commit(add('a')))
      return get(notes.count())
    })
    expect(store.query(reckless)).toBe(0)
  })

  test('a commit inside a materializer is refused, and the outer one goes through', async () => {
    let tried = 0
    const { store } = await opened(() => {
      tried += 1
      refused(() => store.commit(add('b')))
    })
    store.commit(add('a'))
    expect(tried).toBeGreaterThan(0)
    expect(store.query(notes.count())).toBe(1)
  })

  test('SESS-1 a commit inside a subscriber applies at once, and is told after', async () => {
    const { store } = await opened()
    const heard: number[] = []
    store.subscribe(notes.count(), (count) => {
      heard.push(count)
      if (count !== 1) return
      store.commit(add('b'))
      expect(store.query(notes.count())).toBe(2)
      heard.push(-1)
    })
    store.commit(add('a'))
    expect(heard).toEqual([0, 1, -1, 2])
  })

  test('a commit inside an effect applies at once, and is told after', async () => {
    const { store } = await opened()
    const heard: number[] = []
    const count = store.signal(notes.count())
    const stop = effect(() => {
      heard.push(count.value)
      if (count.value === 1) store.commit(add('b'))
    })
    store.commit(add('a'))
    stop()
    expect(heard).toEqual([0, 1, 2])
    expect(store.query(notes.count())).toBe(2)
  })

  test('LOG-4 commits made while one is told keep the order they were made in', async () => {
    const { store, clock } = await opened()
    store.subscribe(notes.count(), (count) => {
      if (count === 1) store.commit(add('b'))
    })
    const first = store.commit(add('a'))
    const third = store.commit(add('c'))
    await clock.run()
    const seen: string[] = []
    const all = store.events()
    for (let i = 0; i < 3; i++) {
      const next = all.next()
      await clock.run()
      seen.push(((await next).value as { id: string }).id)
    }
    expect(seen).toEqual([first.ids[0], `${store.sessionId}.2`, third.ids[0]])
  })
})

describe('receipts', () => {
  test('acked, then confirmed, also when asked for late; a commit of nothing is done', async () => {
    const { store, clock } = await opened()
    const receipt = store.commit(add('a'), add('b'))
    let settled = false
    void store.settled().then(() => {
      settled = true
    })
    expect(settled).toBe(false)
    await clock.run()
    await Promise.all([receipt.acked, receipt.confirmed, store.commit().confirmed, store.settled()])
    expect(settled).toBe(true)
    expect(receipt.ids).toEqual([`${store.sessionId}.1`, `${store.sessionId}.2`])
  })

  test('a local commit is confirmed when it is acked, and gets no seq', async () => {
    const { store, clock } = await opened()
    const receipt = store.commit(events.uiSet({ key: 'k', value: null }))
    await clock.run()
    await receipt.confirmed
    expect(store.status.upstreamHead.value).toBe(0)
    expect(store.query(ui.where({ key: 'k' }).first())).toEqual({ key: 'k', value: null })
  })

  test('closing tells whoever still waits, and reaches no process', async () => {
    const { store, client, clock } = await opened()
    await client.stop()
    const unhandled: unknown[] = []
    const hear = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', hear)
    const receipt = store.commit(add('a'))
    void receipt.confirmed
    void receipt.acked
    const settled = store.settled()
    const closing = store.close()
    await clock.run(5_000)
    await closing
    for (const promise of [receipt.acked, receipt.confirmed, settled]) {
      await expect(promise).rejects.toMatchObject({ code: 'store/closed' })
    }
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', hear)
    expect(unhandled).toEqual([])
  })

  test('a closed store refuses everything but its status', async () => {
    const { store, clock } = await opened()
    const closing = store.close()
    for (const call of [
      () => store.commit(add('a')),
      () => store.query(notes),
      () => store.events(),
      () => inspect(store),
    ])
      expect(failure(call).code).toBe('store/closed')
    await clock.run()
    await closing
    await store.close()
    expect(store.status.phase.value).toBe('closed')
    expect(clock.pending).toBe(0)
  })
})
