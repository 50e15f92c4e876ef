import { type Browser, chromium } from 'playwright'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { CHROMIUM_FLAGS } from '../../scripts/browser-finder.ts'
import type { Livefold } from './livefold-global.ts'
import { Profile } from './profile.ts'
import { byOffice, inStep, Tab } from './tab.ts'

let profile: Profile

beforeEach(async () => {
  profile = await Profile.open()
})
afterEach(() => profile[Symbol.asyncDispose]())

const status = (tab: Tab) =>
  tab.page.evaluate(() => {
    const { status } = (globalThis as unknown as { livefold: Livefold }).livefold.store
    return {
      storage: status.storage.value,
      error: status.error.value?.code ?? null,
      waits: status.waits.value.map((wait) => wait.code),
    }
  })

const origin = () => new URL(inject('playground')).origin

test('an incognito window works, alone and with a second tab', async () => {
  const browser: Browser = await chromium.launch({ executablePath: inject('browser').path, args: [...CHROMIUM_FLAGS] })
  try {
    const context = await browser.newContext()
    const tabs = [new Tab(await context.newPage()), new Tab(await context.newPage())]
    for (const tab of tabs) await tab.open('incognito')
    await tabs[0]?.add('seen by nobody')
    await inStep(tabs, 1)
    expect((await status(tabs[0] as Tab)).error).toBeNull()
  } finally {
    await browser.close()
  }
})

test('without OPFS: in memory, said in status; commits live until confirmed, over a change of the leader too', async () => {
  // What the test puts in the worker's place comes from no address: the browser would not let it reach this machine.
  await using profile = await Profile.open({ flags: ['--disable-features=LocalNetworkAccessChecks'] })
  await profile.context.route('**/store.worker-*.js', async (route) => {
    const response = await route.fetch()
    const body = `delete FileSystemFileHandle.prototype.createSyncAccessHandle;${await response.text()}`
    await route.fulfill({ response, body })
  })
  const tabs = [await profile.tab('no-opfs'), await profile.tab('no-opfs')]
  const { leader, followers } = await byOffice(tabs)
  await expect.poll(() => status(leader)).toEqual({ storage: 'memory', error: null, waits: [] })
  await leader.commit(['online'])
  await inStep(tabs, 1)
  const follower = followers[0] as Tab
  await follower.setOffline(true)
  await follower.commit(['offline'])
  await leader.page.close()
  await byOffice([follower])
  await follower.setOffline(false)
  await inStep([follower], 2)
})

test('memory mode chosen is said in status', async () => {
  const tab = await profile.tab('memory-chosen', { search: '&storage=memory' })
  await tab.add('one')
  await tab.settled()
  await expect.poll(() => status(tab)).toEqual({ storage: 'memory', error: null, waits: [] })
})

test('quota exceeded in the middle: storage/full in status, no hang, and on it goes when there is room', async () => {
  const tab = await profile.tab('quota')
  await tab.commit(['before'])
  await tab.settled()
  const devtools = await profile.context.newCDPSession(tab.page)
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: origin(), quotaSize: 600_000 })
  await tab.page.evaluate(() => {
    const { store, events } = (globalThis as unknown as { livefold: Livefold }).livefold
    for (let i = 0; i < 10; i++) store.commit(events.todoCreated({ id: `big ${i}`, title: `${i} `.repeat(100_000) }))
  })
  await expect
    .poll(() => status(tab), { timeout: 15_000 })
    .toMatchObject({
      error: 'storage/full',
      waits: expect.arrayContaining(['storage']),
    })
  // The page goes on meanwhile.
  await tab.commit(['while full'])
  expect((await tab.snapshot()).titles).toHaveLength(12)
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: origin() })
  await inStep([tab], 12)
  await expect.poll(() => status(tab)).toEqual({ storage: 'persisted', error: null, waits: [] })
  await tab.reload()
  await inStep([tab], 12)
})

test('quota exceeded in the middle of a rebase: storage/full, the page goes on, and all are in step when there is room', async () => {
  await using other = await Profile.open()
  const [tab, elsewhere] = [await profile.tab('quota-rebase'), await other.tab('quota-rebase')]
  await tab.commit(['before'])
  await inStep([tab, elsewhere], 1)
  await tab.setOffline(true)
  await tab.commit(['pending here'])
  await elsewhere.page.evaluate(() => {
    const { store, events } = (globalThis as unknown as { livefold: Livefold }).livefold
    for (let i = 0; i < 10; i++) store.commit(events.todoCreated({ id: `big ${i}`, title: `${i} `.repeat(100_000) }))
  })
  await elsewhere.settled()
  const devtools = await profile.context.newCDPSession(tab.page)
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: origin(), quotaSize: 600_000 })
  await tab.setOffline(false)
  await expect.poll(() => status(tab), { timeout: 15_000 }).toMatchObject({ error: 'storage/full' })
  await tab.commit(['while full'])
  expect((await tab.snapshot()).titles).toEqual(expect.arrayContaining(['before', 'pending here', 'while full']))
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: origin() })
  await inStep([tab, elsewhere], 13)
  await expect.poll(() => status(tab)).toEqual({ storage: 'persisted', error: null, waits: [] })
})

test('site data cleared while open: no hang, and the next page has what the server has', async () => {
  const tab = await profile.tab('cleared')
  await tab.commit(['before'])
  await tab.settled()
  const devtools = await profile.context.newCDPSession(tab.page)
  await devtools.send('Storage.clearDataForOrigin', { origin: origin(), storageTypes: 'all' })
  await tab.commit(['after'])
  await tab.settled()
  await tab.reload()
  await inStep([tab], 2)
  await tab.commit(['later'])
  await inStep([tab], 3)
})
