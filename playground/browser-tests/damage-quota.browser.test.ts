import { expect, inject, test } from 'vitest'
import type { Livefold } from './livefold-global.ts'
import { damageOpfs, isNoted, keptAside } from './opfs-files.ts'
import { Profile } from './profile.ts'
import { inStep, Tab } from './tab.ts'

test('LOG-1 where there is no room to keep a damaged file aside it stays as it is, until there is', async () => {
  await using profile = await Profile.open()
  const store = 'damaged and full'
  const tab = await profile.tab(store)
  await tab.page.evaluate(() => {
    const { store, events } = (globalThis as unknown as { livefold: Livefold }).livefold
    for (let i = 0; i < 10; i++) store.commit(events.todoCreated({ id: `big ${i}`, title: `${i} `.repeat(50_000) }))
  })
  await tab.settled()
  await expect.poll(() => isNoted(tab.page, store)).toBe(true)
  await tab.page.evaluate(() => (globalThis as unknown as { livefold: Livefold }).livefold.store.close())
  await tab.page.goto(`${inject('playground')}browser-tests/pages/empty.html`)
  await damageOpfs(tab.page, store, { file: 'database', cut: 0.5 })
  const devtools = await profile.context.newCDPSession(tab.page)
  const { origin } = new URL(inject('playground'))
  const { usage } = await devtools.send('Storage.getUsageAndQuota', { origin })
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + 100_000 })

  const page = await profile.context.newPage()
  await page.goto(`${inject('playground')}vanilla/?store=${encodeURIComponent(store)}`)
  // Said while the store opens; it is not opened without a place for what was damaged.
  await expect.poll(() => page.locator('.waits').textContent()).toContain('full')
  expect(await page.evaluate(() => 'livefold' in globalThis)).toBe(false)
  expect(await keptAside(page, store)).toEqual([])
  await devtools.send('Storage.overrideQuotaForOrigin', { origin })
  const again = new Tab(page)
  await again.ready()
  await inStep([again], 10)
  await tab.page.close()
})
