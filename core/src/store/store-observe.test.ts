import { expect, test } from 'vitest'
import { dehydrate } from './dehydrate.ts'
import { observe } from './observe.ts'
import { openingOf } from './opening.ts'
import { events, notes } from './testing/notes-schema.ts'
import { add, world } from './testing/world.ts'

const byId = notes.orderBy('id')

test('observe follows commits, those of others too, and rebases, by deltas', async () => {
  const { clock, client } = world()
  const [a, b] = [await client().open(), await client().open()]
  const observer = observe(b, byId)
  const heard: (string | undefined)[] = []
  observer.subscribe(() => {
    const { inserted, removed, updated } = observer.delta!
    heard.push(`+${inserted.length} -${removed.length} ~${updated.length}`)
  })
  b.commit(add('b1'), add('b2'))
  expect(heard).toEqual(['+2 -0 ~0'])
  a.commit(add('a1'))
  a.commit(events.noteRanked({ id: 'a1', rank: 1 }))
  await clock.run(1_000)
  expect(observer.current).toEqual(a.query(byId))
  b.commit(events.noteGone({ id: 'b1' }), events.noteRanked({ id: 'b2', rank: 2 }))
  expect(heard.at(-1)).toBe('+0 -1 ~1')
})

test('SESS-1 what was committed is in current at the next line', async () => {
  const { client } = world()
  const store = await client().open()
  const observer = observe(store, notes.count())
  observer.subscribe(() => {})
  store.commit(add('a'))
  expect(observer.current).toBe(1)
})

test('BND-1 a closed store leaves views what they show, and nothing live', async () => {
  const { clock, client } = world()
  const store = await client().open()
  store.commit(add('a'))
  const observer = observe(store, notes.count())
  const stop = observer.subscribe(() => {})
  const closing = store.close()
  await clock.run(10_000)
  await closing
  expect(observer.current).toBe(1)
  stop()
  expect(() => observe(store, notes.count())).toThrow(expect.objectContaining({ code: 'store/closed' }))
  expect(() => openingOf(store).observe(notes.count()).current).toThrow(
    expect.objectContaining({ code: 'store/closed' }),
  )
})

test('dehydrate takes what queries give; their text does not travel', async () => {
  const { client } = world()
  const store = await client().open()
  store.commit(add('a', 'mine'))
  const state = dehydrate(store, [byId, notes.count()])
  expect(Object.values(state.results)).toEqual([[{ id: 'a', text: 'mine', rank: null }], 1])
  expect(JSON.stringify(state)).not.toMatch(/select/i)
})

test('a subscription without a listener is refused where it is made', async () => {
  const store = await world().client().open()
  const listener = undefined as unknown as () => void
  const refused = {
    code: 'query/invalid',
    message: expect.stringMatching(/subscribe\(query, listener\) takes a function/),
  }
  expect(() => store.subscribe(notes, listener)).toThrow(expect.objectContaining(refused))
  expect(() => store.on('rejected', listener)).toThrow('on(event, listener) takes a function')
  expect(() => store.on('reject' as 'rejected', () => {})).toThrow('knows no "reject", only rejected, quarantined')
})
