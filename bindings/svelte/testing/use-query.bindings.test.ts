import { inspect } from '@livefold/core'
import { useStore } from '@livefold/svelte'
import { expect, it } from 'vitest'
import { events, flushSync, openNotes, phaseOf, readAsStore, readByRunes } from './reads.svelte.ts'

const note = (id: string) => events.put({ id, body: id, rank: 0 })
const observed = (store: Awaited<ReturnType<typeof openNotes>>) =>
  inspect(store).filter((query) => query.observed).length

it('is live through deriveds and effects, follows its argument, and ends with the effects', async () => {
  const store = await openNotes()
  store.commit(note('a'), note('b'))
  const { heard, setPrefix, stop } = readByRunes(store)
  expect(heard).toEqual(['a,b'])
  store.commit(note('b2'))
  flushSync()
  setPrefix('b')
  setPrefix(null)
  setPrefix('a')
  expect(heard).toEqual(['a,b', 'a,b,b2', 'b,b2', undefined, 'a'])
  expect(observed(store)).toBe(1)
  stop()
  await expect.poll(() => observed(store)).toBe(0)
  await store.close()
})

it('outside of effects .current is the value right now, and nothing stays live', async () => {
  const store = await openNotes()
  const { rows, stop } = readByRunes(store)
  stop()
  await expect.poll(() => observed(store)).toBe(0)
  store.commit(note('a'))
  expect(rows.current).toHaveLength(1)
  expect(observed(store)).toBe(0)
  await store.close()
})

it('honours the store contract', async () => {
  const store = await openNotes()
  const { heard, stop } = readAsStore(store)
  expect(heard).toEqual([0])
  store.commit(note('a'))
  flushSync()
  expect(heard).toEqual([0, 2])
  stop()
  await expect.poll(() => observed(store)).toBe(0)
  store.commit(note('b'))
  flushSync()
  expect(heard).toEqual([0, 2])
  await store.close()
})

it('the status is readable anywhere; a missing provider is named', async () => {
  const store = await openNotes()
  const phase = phaseOf(store)
  expect(phase.current).toBe('ready')
  await store.close()
  expect(phase.current).toBe('closed')
  expect(() => useStore()).toThrow(/lifecycle|outside|provided/)
})
