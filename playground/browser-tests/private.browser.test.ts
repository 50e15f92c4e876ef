import { expect, test } from 'vitest'
import type { Livefold } from './livefold-global.ts'
import { Profile } from './profile.ts'
import { byOffice, inStep } from './tab.ts'

// Firefox: its private windows have no sync access handles. Chromium's have them; see storage-faults.

test('a private window: in memory, said in status; two tabs in step, and the second takes over', async () => {
  await using profile = await Profile.open({ preferences: { 'browser.privatebrowsing.autostart': true } })
  const tabs = [await profile.tab('private'), await profile.tab('private')]
  const { leader, followers } = await byOffice(tabs)
  const storage = await leader.page.evaluate(() => {
    const { status } = (globalThis as unknown as { livefold: Livefold }).livefold.store
    return { storage: status.storage.value, error: status.error.value }
  })
  expect(storage).toEqual({ storage: 'memory', error: null })
  await leader.add('seen by nobody')
  await inStep(tabs, 1)
  await leader.page.close()
  await byOffice(followers)
  await followers[0]?.add('after')
  await inStep(followers, 2)
})
