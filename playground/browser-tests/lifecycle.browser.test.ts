import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { PlainBrowser, type PlainTab } from './plain-browser.ts'
import { report } from './report.ts'

// What the browser does to tabs that nobody looks at.

let browser: PlainBrowser
beforeAll(async () => {
  browser = await PlainBrowser.open()
})
afterAll(() => browser[Symbol.asyncDispose]())

const address = (store: string, page = 'vanilla/') => `${inject('playground')}${page}?store=${store}`
/** A page with a store, and nothing else that the back/forward cache could mind. */
const bare = (store: string) => address(store, 'browser-tests/pages/bare.html')
const commit = (...titles: string[]) =>
  titles
    .map((title) => `livefold.store.commit(livefold.events.todoCreated({ id: '${title}', title: '${title}' }))`)
    .join(';')
const view = `livefold.digest().then((digest) => ({ digest, titles: livefold.store.query(livefold.todos).map((row) => row.title).sort() }))`

const count = (n: number) => `globalThis.livefold?.store.query(livefold.todos.count()) === ${n}`

/** Waits until both show as many todos, with nothing pending, and then the same. */
async function inStep(tabs: readonly PlainTab[], todos: number): Promise<void> {
  for (const tab of tabs) await tab.until(`${count(todos)} && livefold.store.status.pending.value === 0`)
  const views = await Promise.all(tabs.map((tab) => tab.evaluate(view)))
  for (const each of views) expect(each).toEqual(views[0])
}

test('the leading tab frozen: another leads within 1 s, nothing lost, and the thawed one is a follower in step', async () => {
  const url = address('freeze')
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

test('DUR-1 the leading tab discarded: another leads within 1 s, nothing acked is lost, and loaded again it is in step', async () => {
  const url = address('discard')
  const leader = await browser.tab(url)
  await leader.until('livefold.leads.value')
  // Told from the other by its address: the store is the same.
  const follower = await browser.tab(`${url}#/active`)
  await leader.evaluate(commit('acked'))
  await inStep([leader, follower], 1)
  await follower.evaluate(commit('from the follower'))
  const taken = follower.evaluate<number>(
    'new Promise((resolve) => livefold.leads.subscribe((leads) => leads && resolve(performance.timeOrigin + performance.now())))',
  )
  const start = performance.timeOrigin + performance.now()
  expect(await browser.discard(url)).toBe(true)
  const takeOver = (await taken) - start
  report('take-over-discarded-ms', { takeOver })
  expect(takeOver).toBeLessThan(1_000)
  await follower.evaluate(commit('while discarded'))
  await inStep([follower], 3)

  const back = await browser.activate(url)
  expect(await back.evaluate('document.wasDiscarded')).toBe(true)
  await inStep([back, follower], 3)
  expect(await back.evaluate('livefold.leads.value')).toBe(false)
  await back.evaluate(commit('back'))
  await inStep([back, follower], 4)
})

/** Goes to another page in the same tab; `leaving` runs in the turn in which the page is left. */
async function goAway(tab: PlainTab, leaving = ''): Promise<void> {
  await tab.evaluate(`
    globalThis.kept = true
    addEventListener('pagehide', ({ persisted }) => { globalThis.cached = persisted; ${leaving} }, { once: true })
    setTimeout(() => location.assign('about:blank')); void 0`)
  await tab.until(`location.href === 'about:blank'`)
}

/** Tells whether it is the very page that was left, out of the browser's cache; the browser may load it anew. */
async function comeBack(tab: PlainTab): Promise<boolean> {
  await tab.evaluate('setTimeout(() => history.back()); void 0')
  await tab.until(`location.href !== 'about:blank'`)
  await tab.ready()
  return tab.evaluate('globalThis.kept === true && globalThis.cached === true')
}

test('a leading tab in the back/forward cache: another leads, and restored it is a follower in step', async () => {
  const leader = await browser.tab(bare('cached'))
  await leader.until('livefold.leads.value')
  const follower = await browser.tab(bare('cached'))
  await leader.evaluate(commit('acked'))
  await inStep([leader, follower], 1)
  await goAway(leader)
  await follower.until('livefold.leads.value')
  await follower.evaluate(commit('while away'))
  await inStep([follower], 2)
  expect(await comeBack(leader)).toBe(true)
  await inStep([leader, follower], 2)
  expect(await leader.evaluate('livefold.leads.value')).toBe(false)
  await leader.evaluate(commit('back'))
  await inStep([leader, follower], 3)
})

test('DUR-1 commits while a page is left for the back/forward cache: restored or loaded anew, it leads again and nothing is lost', async () => {
  const tab = await browser.tab(bare('cached-alone'))
  await tab.evaluate(commit('before'))
  await inStep([tab], 1)
  await goAway(tab)
  expect(await comeBack(tab)).toBe(true)
  for (let round = 2; round <= 4; round++) {
    await goAway(tab, commit(`while leaving ${round}`))
    await comeBack(tab)
    await tab.until('livefold.leads.value')
    await inStep([tab], round)
  }
})

test("the playground's page comes out of the back/forward cache too, and its offline switch works again", async () => {
  const tab = await browser.tab(address('cached-switch'))
  await tab.evaluate(commit('before'))
  await inStep([tab], 1)
  await goAway(tab)
  expect(await comeBack(tab)).toBe(true)
  await tab.until('livefold.leads.value')
  for (const state of ['offline', 'online']) {
    await tab.evaluate(`document.querySelector('.offline').click()`)
    await tab.until(`document.querySelector('.connection').dataset.state === '${state}'`)
  }
})
