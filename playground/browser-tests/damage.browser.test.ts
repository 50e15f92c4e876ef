import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import type { Livefold } from './livefold-global.ts'
import { type Damage, damageOpfs, isNoted, keptAside } from './opfs-files.ts'
import { Profile } from './profile.ts'
import { inStep } from './tab.ts'

// A store's files damaged behind its back. Its server has the confirmed events; the pending ones are on this disk alone.

const CONFIRMED = Array.from({ length: 60 }, (_, i) => `confirmed ${i}`)
const PENDING = ['pending 0', 'pending 1', 'pending 2']

let profile: Profile
let witness: Profile
beforeAll(async () => {
  ;[profile, witness] = await Promise.all([Profile.open(), Profile.open()])
})
afterAll(async () => {
  await Promise.all([profile, witness].map((each) => each[Symbol.asyncDispose]()))
})

interface Outcome {
  /** What was told: null where nothing was found. */
  readonly told: { readonly code: string; readonly kept: unknown; readonly pending: unknown } | null
  readonly titles: readonly string[]
}

/** Fills a store, leaves it, damages its files, and opens it again. */
async function outcomeOf(store: string, closed: boolean, damage: Damage): Promise<Outcome> {
  const tab = await profile.tab(store)
  await tab.commit(CONFIRMED)
  await tab.settled()
  await expect.poll(() => isNoted(tab.page, store)).toBe(true)
  await tab.setOffline(true)
  await tab.page.evaluate(
    async ({ titles, closed }) => {
      const { store, events } = (globalThis as unknown as { livefold: Livefold }).livefold
      await Promise.all(titles.map((title) => store.commit(events.todoCreated({ id: title, title })).acked))
      if (closed) await store.close()
    },
    { titles: PENDING, closed },
  )
  // No page of ours, and of the same origin.
  await tab.page.goto(`${inject('playground')}browser-tests/pages/empty.html`)
  await damageOpfs(tab.page, store, damage)
  await tab.page.evaluate(() => localStorage.removeItem('playground:network'))
  await tab.open(store)
  const other = await witness.tab(store)
  await expect.poll(async () => (await tab.snapshot()).pending).toBe(0)
  const { titles } = await tab.snapshot()
  // STATE-1 what the server has, folded by somebody else.
  await inStep([tab, other], titles.length)
  const told = await tab.page.evaluate(() => {
    const { error } = (globalThis as unknown as { livefold: Livefold }).livefold.store.status
    const { value } = error
    return value && { code: value.code, kept: value.details.kept, pending: value.details.pending }
  })
  await tab.page.close()
  await other.page.close()
  return { told, titles: [...titles].sort() }
}

const ALL = [...CONFIRMED, ...PENDING].sort()

test.each<[string, boolean, Damage]>([
  ['cut in the middle', true, { file: 'database', cut: 0.5 }],
  ['of which nothing is left', true, { file: 'database', cut: 0 }],
  ['that is gone', true, { file: 'database', remove: true }],
  ['with a garbage header', true, { file: 'database', at: 0, garbage: 100 }],
  ['with a changed pending event', true, { file: 'database', text: '"title":"pending 1"' }],
  ['with zeroed pages', true, { file: 'database', at: 8192, zeros: 16_384 }],
  ['with a changed write-ahead log', false, { file: 'wal', at: 32 + 24 + 2_000, garbage: 8 }],
  ['with a changed header of the write-ahead log', false, { file: 'wal', at: 12, garbage: 8 }],
])('LOG-1 a file %s is told of, kept aside, and made anew with what the server has', async (name, closed, damage) => {
  const store = `damage: ${name}`
  const { told, titles } = await outcomeOf(store, closed, damage)
  expect(titles).toEqual(expect.arrayContaining(CONFIRMED))
  expect(told).toEqual({
    code: 'storage/corrupt',
    kept: expect.stringMatching(/store\.sqlite3\.damaged-1$/),
    // Of what was not confirmed it says how much it could read; each of these is there.
    pending: titles.length - CONFIRMED.length,
  })
})

test.each<[string, Damage]>([
  ['changed', { file: 'database', at: -4096, garbage: 20 }],
  ['zeroed', { file: 'database', at: -4096, zeros: 4096 }],
  ['changed, of the write-ahead log', { file: 'wal', at: -4096, garbage: 20 }],
])('LOG-1 the name of a file %s is given back: nothing is lost', async (name, damage) => {
  const { told, titles } = await outcomeOf(`damaged name: ${name}`, damage.file === 'database', damage)
  expect(told).toBeNull()
  expect(titles).toEqual(ALL)
})

test('three damaged files are kept, as they were, and any SQLite opens them', async () => {
  const store = 'damaged again and again'
  for (let i = 0; i < 4; i++) {
    const tab = await profile.tab(store)
    await tab.commit([`round ${i}`])
    await tab.settled()
    await tab.page.evaluate(() => (globalThis as unknown as { livefold: Livefold }).livefold.store.close())
    await tab.page.goto(`${inject('playground')}browser-tests/pages/empty.html`)
    await damageOpfs(tab.page, store, { file: 'database', text: `"title":"round ${i}"` })
    await tab.page.close()
    const again = await profile.tab(store)
    await again.page.evaluate(async () => {
      const { store } = (globalThis as unknown as { livefold: Livefold }).livefold
      // Read here, if the boot has not met it.
      for await (const _ of store.events({ after: 0 })) break
    })
    await inStep([again], i + 1)
    await again.page.close()
  }
  const page = await profile.context.newPage()
  await page.goto(`${inject('playground')}browser-tests/pages/empty.html`)
  const kept = await keptAside(page, store)
  expect(kept.map(({ name, todos }) => [name, todos])).toEqual([2, 3, 4].map((n) => [`store.sqlite3.damaged-${n}`, n]))
})
