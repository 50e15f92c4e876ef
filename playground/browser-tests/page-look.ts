import { createRequire } from 'node:module'
import type { Page } from 'playwright'

declare const axe: {
  run(): Promise<{ violations: { id: string; impact: string | null; nodes: { target: unknown }[] }[] }>
}

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** Makes the pages that are opened from now on remember what moved by itself; see `shifts`. */
export async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shifts: number[] = []
    Object.assign(globalThis, { shifts })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
        if (!entry.hadRecentInput) shifts.push(entry.value)
      }
    }).observe({ type: 'layout-shift', buffered: true })
  })
}

/** Layout shifts that no input of the user explains, as Chromium weighs them. */
export function shifts(page: Page): Promise<number[]> {
  return page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts)
}

/** What axe finds serious or critical. */
export async function faults(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.addScriptTag({ path: axeFile })
  const { violations } = await page.evaluate(() => axe.run())
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(', ')}`)
}

/** How far the page is wider than its window, px. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
}
