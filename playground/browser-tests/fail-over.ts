import { expect } from 'vitest'
import type { Profile } from './profile.ts'
import { byOffice, inStep, type Tab } from './tab.ts'

/** Another tab leads within this, ms. */
export const TAKE_OVER = 1_000

export interface Tabs {
  readonly leader: Tab
  readonly followers: Tab[]
}

/** Three tabs in step, with something in them. */
export async function threeTabs(profile: Profile, store: string): Promise<Tabs> {
  const tabs: Tab[] = []
  for (let i = 0; i < 3; i++) tabs.push(await profile.tab(store))
  const office = await byOffice(tabs)
  await tabs[0]?.commit(['before'])
  await inStep(tabs, 1)
  return office
}

/** Takes the leader away in the middle of commits from all tabs; gives the ms until another one leads and serves. */
export async function takeOver({ followers, leader }: Tabs, take: () => Promise<unknown>): Promise<number> {
  const { epoch } = await leader.snapshot()
  await Promise.all(followers.map((tab, i) => tab.commit([`f${i}-before-1`, `f${i}-before-2`])))
  // Counted by a page that stays: the round trips of the test do not blur it.
  const watch = followers[0]?.page.evaluate(
    (before) =>
      new Promise<number>((resolve) => {
        const { store } = (globalThis as unknown as { livefold: { store: import('@livefold/core').Store } }).livefold
        store.status.leader.subscribe((now) => {
          if (now > before) resolve(performance.timeOrigin + performance.now())
        })
      }),
    epoch,
  )
  const start = performance.timeOrigin + performance.now()
  const taken = take()
  const elected = (await watch) ?? Number.NaN
  await taken
  await Promise.all(followers.map((tab, i) => tab.commit([`f${i}-after`])))
  await inStep(followers, 1 + followers.length * 3)
  await byOffice(followers)
  expect(await titles(followers[0] as Tab)).toEqual(
    ['before', ...followers.flatMap((_, i) => [`f${i}-before-1`, `f${i}-before-2`, `f${i}-after`])].sort(),
  )
  return elected - start
}

async function titles(tab: Tab): Promise<string[]> {
  return [...(await tab.snapshot()).titles].sort()
}
