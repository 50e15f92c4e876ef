import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BoardPage } from './board-page.ts'
import { Profile } from './profile.ts'

// WCAG by axe, nothing beyond the page's width, and nothing that moves by itself.

declare const axe: {
  run(options: object): Promise<{ violations: { id: string; impact: string | null; nodes: { target: unknown }[] }[] }>
}

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
let profile: Profile
let board: BoardPage

beforeAll(async () => {
  profile = await Profile.open()
  board = new BoardPage(await profile.context.newPage())
  await board.page.addInitScript(() => {
    const shifts: number[] = []
    Object.assign(globalThis, { shifts })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
        if (!entry.hadRecentInput) shifts.push(entry.value)
      }
    }).observe({ type: 'layout-shift', buffered: true })
  })
  await board.open('look')
})
afterAll(() => profile[Symbol.asyncDispose]())

/** What axe finds serious or critical. */
async function faults(): Promise<string[]> {
  if (!(await board.page.evaluate(() => 'axe' in globalThis))) await board.page.addScriptTag({ path: axeFile })
  const { violations } = await board.page.evaluate(() => axe.run({ resultTypes: ['violations'] }))
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(', ')}`)
}

function overflow(): Promise<number> {
  return board.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
}

describe.each([
  [360, 740],
  [768, 1024],
  [1920, 1080],
])('at %i × %i', (width, height) => {
  beforeAll(() => board.page.setViewportSize({ width, height }))

  test.each(['light', 'dark'] as const)('%s: list and columns have no serious fault', async (colorScheme) => {
    await board.page.emulateMedia({ colorScheme })
    for (const layout of ['List', 'Board']) {
      await board.page.click(`.layout button:has-text("${layout}")`)
      expect(await overflow()).toBe(0)
      expect(await faults()).toEqual([])
    }
  })

  test('nothing moves while the page starts', async () => {
    await board.reload()
    await board.page.waitForSelector('.connection[data-state="online"]')
    expect(await board.page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts)).toEqual([])
  })
})

test.each(['light', 'dark'] as const)(
  '%s: the dialog has no serious fault on the narrowest screen',
  async (colorScheme) => {
    await board.page.setViewportSize({ width: 360, height: 740 })
    await board.page.emulateMedia({ colorScheme })
    await board.page.click('.new-issue')
    expect(await overflow()).toBe(0)
    expect(await faults()).toEqual([])
    await board.page.keyboard.press('Escape')
  },
)

test('the switch goes through system, light and dark, and is kept', async () => {
  const theme = () => board.page.evaluate(() => document.documentElement.dataset.theme ?? 'system')
  expect(await theme()).toBe('system')
  await board.page.click('.theme-switch')
  expect(await theme()).toBe('light')
  await board.page.click('.theme-switch')
  expect(await theme()).toBe('dark')
  await board.reload()
  expect(await theme()).toBe('dark')
  await board.page.click('.theme-switch')
  expect(await theme()).toBe('system')
})
