import { effect, signal } from '@preact/signals-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { observe } from './observe.ts'
import { notes } from './testing/notes-schema.ts'
import { add, world } from './testing/world.ts'

/** What surfaced as an unhandled rejection. */
let uncaught: unknown[] = []
const hear = (thrown: unknown) => void uncaught.push(thrown)
let before: NodeJS.UnhandledRejectionListener[] = []

beforeEach(() => {
  uncaught = []
  before = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', hear)
})

afterEach(() => {
  process.removeAllListeners('unhandledRejection')
  for (const listener of before) process.on('unhandledRejection', listener)
})

const refusing = {
  validate: (_: unknown, batch: readonly { readonly args: unknown }[]) => {
    if (batch.some(({ args }) => (args as { text?: string }).text === 'bad')) throw new Error('not that')
  },
}

test('SYNC-2 a listener that throws keeps no receipt from its answer, and no other listener from the news', async () => {
  const { clock, client } = world(refusing)
  const store = await client().open()
  const told: string[] = []
  store.on('rejected', () => {
    throw new Error('mine')
  })
  store.on('rejected', ({ ids }) => told.push(...ids))
  const receipts = [store.commit(add('a', 'bad')), store.commit(add('b', 'bad')), store.commit(add('c'))]
  await clock.run(10_000)
  const outcomes = await Promise.allSettled(receipts.map(({ confirmed }) => confirmed))
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
  await store.settled()
  expect(told).toEqual(receipts.slice(0, 2).flatMap(({ ids }) => ids))
  expect(store.query(notes.count())).toBe(1)
  expect(uncaught.length).toBeGreaterThan(0)
})

test('SESS-1 a listener of `rebase` that throws costs the session nothing', async () => {
  const { clock, client } = world(refusing)
  const [one, two] = [await client().open(), await client().open()]
  const errors: unknown[] = []
  one.on('error', (error) => errors.push(error.code))
  let rebases = 0
  one.on('rebase', () => {
    rebases++
    throw new Error('mine')
  })
  one.commit(add('a', 'bad'))
  two.commit(add('b'))
  await clock.run(10_000)
  expect(rebases).toBeGreaterThan(0)
  expect(errors).toEqual(errors.map(() => 'query/invalid'))
  expect(one.query(notes.count())).toBe(1)
})

test('SYNC-2 an effect on the status that throws keeps nothing from going on', async () => {
  const { clock, client } = world(refusing)
  const store = await client().open()
  const errors: unknown[] = []
  store.on('error', (error) => {
    errors.push(error)
    throw new Error('of the one who hears of errors')
  })
  effect(() => {
    if (store.status.pending.value > 0 || store.status.upstreamHead.value > 0) throw new Error('mine')
  })
  const receipts = [store.commit(add('a')), store.commit(add('b', 'bad')), store.commit(add('c'))]
  await clock.run(10_000)
  const outcomes = await Promise.allSettled(receipts.map(({ confirmed }) => confirmed))
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(errors.length).toBeGreaterThan(0)
  expect(uncaught.length).toBe(errors.length)
})

test('SESS-1 an effect of the app that throws, on a signal that a subscriber sets, makes no commit fail and no replica be lost', async () => {
  const { clock, client } = world()
  const [store, other] = [await client().open(), await client().open()]
  const errors: unknown[] = []
  store.on('error', (error) => errors.push(error.code))
  const count = signal(0)
  store.subscribe(notes.count(), (now) => {
    count.value = now
  })
  effect(() => {
    if (count.value > 0) throw new Error('mine')
  })
  const receipt = store.commit(add('a'))
  await clock.run(1_000)
  await receipt.confirmed
  other.commit(add('b'))
  await clock.run(1_000)
  expect(store.query(notes.count())).toBe(2)
  expect(errors).toEqual(['query/invalid', 'query/invalid'])
  expect(uncaught).toEqual([])
})

test('QRY-1 a batch of a framework that throws at its end keeps nobody from the news of what it committed', async () => {
  const { client } = world()
  const store = await client().open()
  const errors: unknown[] = []
  store.on('error', (error) => errors.push(error.code))
  const together = (run: () => void) => {
    run()
    throw new Error('mine')
  }
  const seen: number[] = []
  const counted = observe(store, notes.count(), { together })
  counted.subscribe(() => {
    seen.push(counted.current)
    if (counted.current < 3) store.commit(add(`answer ${counted.current}`))
  })
  store.commit(add('a'))
  expect(seen).toEqual([1, 2, 3])
  expect(errors).toEqual(['query/invalid', 'query/invalid', 'query/invalid'])
})

test('QRY-1 a batch of a framework that throws before it runs what it is given keeps nobody from the news', async () => {
  const { client } = world()
  const store = await client().open()
  const errors: unknown[] = []
  store.on('error', (error) => errors.push(error.code))
  const together = () => {
    throw new Error('mine')
  }
  const heard: unknown[] = []
  store.subscribe(notes.count(), (now) => heard.push(now))
  const counted = observe(store, notes.count(), { together })
  counted.subscribe(() => heard.push(`seen ${counted.current}`))
  store.commit(add('a'))
  expect(heard).toEqual([0, 1, 'seen 1'])
  expect(errors).toEqual(['query/invalid'])
})
