import { expect, test } from 'vitest'
import type { Livefold } from './livefold-global.ts'
import { Profile } from './profile.ts'
import { percentile, report } from './report.ts'
import type { Tab } from './tab.ts'

/** Boots of each kind. */
const ROUNDS = 3

/** From the page's navigation to the first query, with the marks of the adapter between, ms. */
const parts = (tab: Tab) =>
  tab.page.evaluate(() => {
    const { performance: ready } = (globalThis as unknown as { livefold: { performance: number } }).livefold
    const marks = performance.getEntriesByType('mark').filter(({ name }) => name.startsWith('livefold:'))
    return { ...Object.fromEntries(marks.map(({ name, startTime }) => [name.slice(9), startTime])), ready }
  }) as Promise<Record<string, number>>

async function medians(boot: () => Promise<Tab>): Promise<Record<string, number>> {
  const boots: Record<string, number>[] = []
  for (let i = 0; i < ROUNDS; i++) {
    const tab = await boot()
    boots.push(await parts(tab))
    await tab.page.close()
  }
  const names = Object.keys(boots[0] ?? {})
  return Object.fromEntries(
    names.map((name) => [
      name,
      Math.round(
        percentile(
          boots.map((each) => each[name] ?? Number.NaN),
          0.5,
        ),
      ),
    ]),
  )
}

test.each([10, 100_000])('boot to the first query over %i rows', { timeout: 240_000 }, async (rows) => {
  await using profile = await Profile.open()
  const store = `boot-${rows}`
  const shown = () => profile.tab(store, { page: 'browser-tests/pages/bare.html' })
  const first = await shown()
  await first.page.evaluate(async (count) => {
    const { store, events } = (globalThis as unknown as { livefold: Livefold }).livefold
    for (let i = 0; i < count; ) {
      const commit = []
      for (; i < count && commit.length < 5_000; i++)
        commit.push(events.todoCreated({ id: `row ${i}`, title: `todo number ${i}` }))
      await store.commit(...commit).acked
    }
    await store.settled()
  }, rows)
  await first.page.goto('about:blank')
  const warm = await medians(shown)
  await profile.stop()
  await profile.start()
  const tab = await shown()
  const cold = await parts(tab)
  expect((await tab.snapshot()).head).toBe(rows)
  report(`boot-${rows}-rows-ms`, { warm, cold })
})
