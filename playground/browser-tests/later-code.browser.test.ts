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
      maintained: store.inspect().some(({ maintained }) => maintained),
    }
  })

test('QRY-1 a page whose later code does not arrive runs its lists again, and says nothing of it', async () => {
  await profile.context.route('**/session-parts-*.js', (route) => route.abort())
  const tab = await profile.tab('no-session-parts')
  const errors: string[] = []
  tab.page.on('pageerror', ({ message }) => errors.push(message))
  await tab.add('one', 'two')
  await expect.poll(() => tab.titles()).toEqual(['one', 'two'])
  await tab.settled()
  expect(await stand(tab)).toEqual({ connection: 'online', error: null, maintained: false })
  expect(errors).toEqual([])
  // The same with it.
  const other = await Profile.open()
  await using _ = other
  const whole = await other.tab('with-session-parts')
  await expect.poll(async () => (await stand(whole)).maintained).toBe(true)
})

test('SYNC-2 a leader whose later code does not arrive serves its tabs, says so, and syncs once it does', async () => {
  await profile.context.route('**/leader-parts-*.js', (route) => route.abort())
  const tab = await profile.tab('no-leader-parts')
  await tab.commit(['made meanwhile'])
  await expect
    .poll(() => stand(tab), { timeout: 10_000 })
    .toMatchObject({ connection: 'offline', error: 'leader/lost' })
  expect(await tab.titles()).toEqual(['made meanwhile'])
  await profile.context.unroute('**/leader-parts-*.js')
  await inStep([tab], 1)
  await expect.poll(() => stand(tab)).toMatchObject({ connection: 'online', error: null })
})
