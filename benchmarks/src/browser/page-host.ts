import type { Page } from 'playwright'
import type { BenchApi } from '../../page/bench-api.ts'
import type { Host } from '../suite/host.ts'

/** Contestants that run in a page. */
export async function pageHost(page: Page): Promise<Host> {
  const byRow = await page.evaluate(() => (globalThis as unknown as Scope).bench.contestants())
  return {
    contestants: ({ name }) => byRow[name] ?? [],
    async start(row, contestant, size) {
      const id = await page.evaluate(([name, who, at]) => (globalThis as unknown as Scope).bench.start(name, who, at), [
        row.name,
        contestant,
        size,
      ] as const)
      if (id === null) return null
      return {
        sample: () => page.evaluate((trial) => (globalThis as unknown as Scope).bench.sample(trial), id),
        figures: () => page.evaluate((trial) => (globalThis as unknown as Scope).bench.figures(trial), id),
        end: () => page.evaluate((trial) => (globalThis as unknown as Scope).bench.end(trial), id),
      }
    },
    probe: () => page.evaluate(() => (globalThis as unknown as Scope).bench.probe()),
  }
}

interface Scope {
  readonly bench: BenchApi
}
