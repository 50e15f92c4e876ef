import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TAKE_OVER, takeOver, threeTabs } from './fail-over.ts'
import type { Livefold } from './livefold-global.ts'
import { Profile } from './profile.ts'
import { percentile, report } from './report.ts'
import { byOffice, inStep, leaders, type Tab } from './tab.ts'

let profile: Profile
const takeOvers: Record<string, number> = {}

beforeAll(async () => {
  profile = await Profile.open()
})
afterAll(async () => {
  report('take-over-ms', takeOvers)
  await profile[Symbol.asyncDispose]()
})

describe.each([2, 5, 10])('%i tabs of one profile', (count) => {
  test('have exactly one leader, and a commit in any shows in all', async () => {
    const tabs: Tab[] = []
    for (let i = 0; i < count; i++) tabs.push(await profile.tab(`tabs-${count}`))
    await byOffice(tabs)
    for (const [i, tab] of tabs.entries()) await tab.commit([`todo of tab ${i}`])
    await inStep(tabs, count)
    expect(await leaders(tabs)).toBe(1)

    // From the commit call in one tab to the subscriber of another, by the clock they share.
    const [from, to] = [tabs[0] as Tab, tabs[1] as Tab]
    const arrivals = to.page.evaluate(
      (rounds) =>
        new Promise<number[]>((resolve) => {
          const { store, todos } = (globalThis as unknown as { livefold: Livefold }).livefold
          const times: number[] = []
          const before = store.query(todos.count())
          store.subscribe(todos.count(), (count) => {
            // Several may come in one burst.
            while (times.length < count - before) times.push(performance.timeOrigin + performance.now())
            if (times.length === rounds) resolve(times)
          })
        }),
      50,
    )
    const sent = await from.page.evaluate(async (rounds) => {
      const { store, events } = (globalThis as unknown as { livefold: Livefold }).livefold
      const times: number[] = []
      for (let i = 0; i < rounds; i++) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        times.push(performance.timeOrigin + performance.now())
        store.commit(events.todoCreated({ id: `round-${i}`, title: `round ${i}` }))
      }
      return times
    }, 50)
    const seen = await arrivals
    const delays = sent.map((time, i) => (seen[i] ?? Number.NaN) - time)
    report(`commit-visible-in-another-of-${count}-tabs-ms`, {
      p50: percentile(delays, 0.5),
      p95: percentile(delays, 0.95),
    })
    await inStep(tabs, count + 50)
    for (const tab of tabs) await tab.page.close()
  })
})

describe('the leading tab', () => {
  test('closed: another leads within 1 s, nothing lost, nothing twice', async () => {
    const tabs = await threeTabs(profile, 'closed')
    takeOvers.closed = await takeOver(tabs, () => tabs.leader.page.close())
    expect(takeOvers.closed).toBeLessThan(TAKE_OVER)
    for (const tab of tabs.followers) await tab.page.close()
  })

  test('reloaded', async () => {
    const tabs = await threeTabs(profile, 'reloaded')
    takeOvers.reloaded = await takeOver(tabs, () => tabs.leader.reload())
    expect(takeOvers.reloaded).toBeLessThan(TAKE_OVER)
    await inStep([tabs.leader, ...tabs.followers], 7)
    for (const tab of [tabs.leader, ...tabs.followers]) await tab.page.close()
  })

  test('navigated away', async () => {
    const tabs = await threeTabs(profile, 'navigated')
    takeOvers.navigated = await takeOver(tabs, () => tabs.leader.page.goto('about:blank'))
    expect(takeOvers.navigated).toBeLessThan(TAKE_OVER)
    for (const tab of [tabs.leader, ...tabs.followers]) await tab.page.close()
  })
})
