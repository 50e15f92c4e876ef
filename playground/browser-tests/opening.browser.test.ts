import { expect, inject, test } from 'vitest'
import { PlainBrowser } from './plain-browser.ts'
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

test('gone away from and back to: nothing lost, the store goes on', async () => {
  await using browser = await PlainBrowser.open()
  const tab = await browser.tab(`${inject('playground')}vanilla/?store=back`)
  const count = (n: number) => `globalThis.livefold?.store.query(livefold.todos.count()) === ${n}`
  await tab.evaluate(
    `livefold.store.commit(livefold.events.todoCreated({ id: 'a', title: 'a' })); setTimeout(() => location.assign('about:blank')); void 0`,
  )
  await tab.until(`location.href === 'about:blank'`)
  await tab.evaluate('setTimeout(() => history.back()); void 0')
  await tab.until(count(1))
  await tab.evaluate(`livefold.store.commit(livefold.events.todoCreated({ id: 'b', title: 'b' })); void 0`)
  await tab.until(`${count(2)} && livefold.store.status.pending.value === 0`)
})
