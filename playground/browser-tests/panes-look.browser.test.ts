import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faults, overflow, shifts, watchShifts } from './page-look.ts'
import { Profile } from './profile.ts'
import { Tab } from './tab.ts'

// WCAG by axe, nothing beyond the page's width, and nothing that moves by itself.

let profile: Profile

beforeAll(async () => {
  profile = await Profile.open()
})
afterAll(() => profile[Symbol.asyncDispose]())

describe.each(['', 'svelte/', 'vue/', 'solid/', 'vanilla/'])('/%s', (page) => {
  let tab: Tab

  beforeAll(async () => {
    tab = new Tab(await profile.context.newPage())
    await watchShifts(tab.page)
    // Colours between two themes are not looked at.
    await tab.page.emulateMedia({ reducedMotion: 'reduce' })
    await tab.open('look', { page })
    await tab.clear()
    await tab.commit(['short', 'a title of many words that has to go on in a second line', 'a'.repeat(80)])
    await tab.change(['short'])
  })
  afterAll(() => tab.page.close())

  test.each([
    [360, 740],
    [768, 1024],
    [1920, 1080],
  ])('at %i × %i, light and dark', async (width, height) => {
    await tab.page.setViewportSize({ width, height })
    await tab.reload()
    await tab.online()
    expect(await shifts(tab.page)).toEqual([])
    for (const colorScheme of ['light', 'dark'] as const) {
      await tab.page.emulateMedia({ colorScheme })
      expect(await overflow(tab.page)).toBe(0)
      expect(await faults(tab.page)).toEqual([])
    }
  })
})

test('no tab of the inspector has a serious fault', async () => {
  const tab = await profile.tab('look', { page: '' })
  for (const name of ['Tables', 'Queries', 'Rebases']) {
    await tab.page.locator('.tabs').getByRole('tab', { name }).click()
    expect(await faults(tab.page)).toEqual([])
  }
  await tab.page.close()
})
