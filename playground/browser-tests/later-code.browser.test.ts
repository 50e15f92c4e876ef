import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Livefold } from './livefold-global.ts'
import { Profile } from './profile.ts'
import { inStep, type Tab } from './tab.ts'

// Code that page and worker import after they stand: what happens where it does not arrive.

let profile: Profile

beforeEach(async () => {
  profile = await Profile.open()
})
afterEach(() => profile[Symbol.asyncDispose]())

const stand = (tab: Tab) =>
  tab.page.evaluate(() => {
    const { store, todos } = (globalThis as unknown as { livefold: Livefold }).livefold
    store.query(todos.orderBy('createdAt', 'asc'))
    return {
      connection: store.status.connection.value,
      error: store.status.error.value?.code ?? null,
      maintained: store.openQueries.liveQueries().some(({ maintained }) => maintained),
    }
  })

test('SYNC-2 a page whose later code does not arrive commits and reads, says so, and follows its leader once it does', async () => {
  const other = await profile.tab('no-session-parts')
  await profile.context.route('**/session-parts-*.js', (route) => route.abort())
  const tab = await profile.tab('no-session-parts')
  const errors: string[] = []
  tab.page.on('pageerror', ({ message }) => errors.push(message))
  await tab.commit(['one', 'two'])
  await expect.poll(() => tab.titles()).toEqual(['one', 'two'])
  // The leader has them; what others make waits.
  await expect.poll(() => other.titles()).toEqual(['one', 'two'])
  await other.add('three')
  await expect.poll(() => stand(tab)).toMatchObject({ error: 'leader/lost', maintained: false })
  expect(await tab.titles()).toEqual(['one', 'two'])
  await profile.context.unroute('**/session-parts-*.js')
  await inStep([tab, other], 3)
  await expect.poll(() => stand(tab)).toEqual({ connection: 'online', error: null, maintained: true })
  expect(errors).toEqual([])
})

test('DUR-1 what such a page has committed is there after a reload', async () => {
  await profile.context.route('**/session-parts-*.js', (route) => route.abort())
  const tab = await profile.tab('no-session-parts-reload')
  await tab.commit(['kept'])
  await profile.context.unroute('**/session-parts-*.js')
  await tab.reload()
  await inStep([tab], 1)
})

test('SYNC-2 DUR-1 a leader whose later code does not arrive answers its tabs, says so, and takes what they keep once it does', async () => {
  await profile.context.route('**/leader-parts-*.js', (route) => route.abort())
  const tab = await profile.tab('no-leader-parts')
  await tab.commit(['made meanwhile'])
  await expect
    .poll(() => stand(tab), { timeout: 10_000 })
    .toMatchObject({ connection: 'offline', error: 'leader/lost' })
  expect(await tab.titles()).toEqual(['made meanwhile'])
  expect((await tab.snapshot()).pending).toBe(1)
  // Nothing is acked: the page leaves it behind, and whoever comes hands it over when there is somebody to take it.
  await tab.reload()
  const other = await profile.tab('no-leader-parts')
  await other.commit(['made in the other'])
  expect(await other.titles()).toEqual(['made in the other'])
  await profile.context.unroute('**/leader-parts-*.js')
  await inStep([tab, other], 2)
  await expect.poll(() => stand(tab)).toMatchObject({ connection: 'online', error: null })
})
