import { expect, inject, test } from 'vitest'
import { Profile } from './profile.ts'
import { byOffice, inStep } from './tab.ts'

test('LEAD-1 four tabs opened at once on an empty profile: one leads, all are in step', async () => {
  await using profile = await Profile.open()
  const tabs = await Promise.all(Array.from({ length: 4 }, () => profile.tab('at-once')))
  await byOffice(tabs)
  await Promise.all(tabs.map((tab, i) => tab.commit([`todo of tab ${i}`])))
  await inStep(tabs, 4)
})

test('SYNC-2 a worker that never answers is started once more, and the store opens', async () => {
  await using profile = await Profile.open()
  let asked = 0
  await profile.context.route('**/store.worker-*.js', async (route) => {
    // The first one is never answered.
    if (++asked > 1) await route.continue()
  })
  const tab = await profile.tab('silent-worker')
  await tab.add('one')
  await inStep([tab], 1)
  expect(asked).toBe(2)
})

test('each page says why it has no store', async () => {
  await using profile = await Profile.open()
  const tab = await profile.context.newPage()
  await tab.addInitScript(() => Object.defineProperty(navigator, 'locks', { value: undefined }))
  for (const page of ['', 'svelte/', 'vue/', 'solid/', 'vanilla/', 'board/']) {
    await tab.goto(`${inject('playground')}${page}`)
    await tab.getByRole('alert').first().filter({ hasText: 'https or from localhost' }).waitFor()
  }
})
