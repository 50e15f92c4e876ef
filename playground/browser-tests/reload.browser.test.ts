import { expect, inject, test } from 'vitest'
import type { Livefold } from './livefold-global.ts'
import { Profile } from './profile.ts'
import { byOffice, inStep, type Tab } from './tab.ts'

/** Firefox has a bounded share. */
const ROUNDS = inject('browser').name === 'firefox' ? 10 : 100

/** What a page draws is not what is lost here. */
const BARE = { page: 'browser-tests/pages/bare.html' }

/** One commit, and the reload in the same turn of the page: no message of it is on its way yet. */
async function commitAndReload(tab: Tab, title: string): Promise<void> {
  const loaded = tab.page.waitForEvent('load')
  await tab.page.evaluate((id) => {
    const { store, events } = (globalThis as unknown as { livefold: Livefold }).livefold
    setTimeout(() => {
      store.commit(events.todoCreated({ id, title: id }))
      location.reload()
    })
  }, title)
  await loaded
  await tab.ready()
}

const names = (count: number) => Array.from({ length: count }, (_, i) => `round ${i}`).sort()

test('DUR-1 commit and reload in one tick in the leading tab, many times: nothing lost', {
  timeout: 240_000,
}, async () => {
  await using profile = await Profile.open()
  const tab = await profile.tab('reload-leader', BARE)
  for (let i = 0; i < ROUNDS; i++) await commitAndReload(tab, `round ${i}`)
  const { titles } = await inStep([tab], ROUNDS)
  expect([...titles].sort()).toEqual(names(ROUNDS))
})

test('DUR-1 commit and reload in one tick in a follower, many times: nothing lost', { timeout: 240_000 }, async () => {
  await using profile = await Profile.open()
  const tabs = [await profile.tab('reload-follower', BARE), await profile.tab('reload-follower', BARE)]
  const { leader, followers } = await byOffice(tabs)
  const follower = followers[0] as Tab
  for (let i = 0; i < ROUNDS; i++) await commitAndReload(follower, `round ${i}`)
  const { titles } = await inStep([leader, follower], ROUNDS)
  expect([...titles].sort()).toEqual(names(ROUNDS))
  expect((await leader.snapshot()).leads).toBe(true)
})

test('DUR-1 3 MB that no leader takes: said in status, asked before the page is left, not lost', async () => {
  await using profile = await Profile.open()
  const store = 'three-megabytes'
  const leader = await profile.tab(store)
  const bystander = await profile.context.newPage()
  await bystander.goto(`${inject('playground')}browser-tests/pages/empty.html`)
  // Stands in the queue between the leader and the next candidate: once the leader is gone there is none.
  await bystander.evaluate((name) => {
    void navigator.locks.request(
      `livefold:${name}:leader`,
      () => new Promise((release) => Object.assign(globalThis, { release })),
    )
  }, store)
  const tab = await profile.tab(store)
  await leader.page.close()
  await tab.page.locator('h1').first().click()
  await tab.page.evaluate(() => {
    const { store, events } = (globalThis as unknown as { livefold: Livefold }).livefold
    for (let i = 0; i < 12; i++) store.commit(events.todoCreated({ id: `big ${i}`, title: `${i} `.repeat(100_000) }))
  })
  const waits = () =>
    tab.page.evaluate(() =>
      (globalThis as unknown as { livefold: Livefold }).livefold.store.status.waits.value.map((wait) => wait.code),
    )
  await expect.poll(waits).toContain('storage')
  const asked = tab.page.waitForEvent('dialog')
  void tab.page.reload().catch(() => {})
  const dialog = await asked
  expect(dialog.type()).toBe('beforeunload')
  await dialog.dismiss()
  await bystander.evaluate(() => (globalThis as unknown as { release(value: null): void }).release(null))
  await inStep([tab], 12)
  await expect.poll(waits).toEqual([])
})
