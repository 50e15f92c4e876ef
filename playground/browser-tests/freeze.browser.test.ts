import { expect, inject, test } from 'vitest'
import { PlainBrowser } from './plain-browser.ts'
import { report } from './report.ts'

const commit = (...titles: string[]) =>
  titles
    .map((title) => `livefold.store.commit(livefold.events.todoCreated({ id: '${title}', title: '${title}' }))`)
    .join(';')
const view = `({ titles: livefold.store.query(livefold.todos).map((row) => row.title).sort(), digest: livefold.store.digest() })`

test('the leading tab frozen: another leads within 1 s, nothing lost, and the thawed one is a follower in step', async () => {
  await using browser = await PlainBrowser.open()
  const url = `${inject('playground')}vanilla/?store=freeze`
  const leader = await browser.tab(url)
  await leader.until('livefold.leads.value')
  const follower = await browser.tab(url)
  expect(await leader.evaluate('document.visibilityState')).toBe('hidden')
  await leader.evaluate(commit('acked'))
  await follower.until('livefold.store.query(livefold.todos.count()) === 1')
  // In the turn of the freeze itself: no message of it is on its way yet.
  await leader.evaluate(`document.addEventListener('freeze', () => { ${commit('while freezing')} }, { capture: true })`)
  const taken = follower.evaluate<number>(
    'new Promise((resolve) => livefold.leads.subscribe((leads) => leads && resolve(performance.timeOrigin + performance.now())))',
  )
  const start = performance.timeOrigin + performance.now()
  await leader.setState('frozen')
  const takeOver = (await taken) - start
  report('take-over-frozen-ms', { takeOver })
  expect(takeOver).toBeLessThan(1_000)

  await follower.evaluate(commit('while frozen'))
  await follower.until('livefold.store.query(livefold.todos.count()) === 3')
  await leader.setState('active')
  await leader.until('livefold.store.query(livefold.todos.count()) === 3')
  expect(await leader.evaluate(view)).toEqual(await follower.evaluate(view))
  expect(await leader.evaluate('livefold.leads.value')).toBe(false)
  await leader.evaluate(commit('thawed'))
  await follower.until('livefold.store.query(livefold.todos.count()) === 4')
  await leader.until('livefold.store.status.pending.value === 0')
  await follower.until('livefold.store.status.pending.value === 0')
  expect(await leader.evaluate(view)).toEqual(await follower.evaluate(view))
})
