import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Profile } from './profile.ts'
import { inStep, Tab } from './tab.ts'

// The start page: three frameworks on one store, and the inspector beside them.

const names = ['svelte', 'vue', 'solid'] as const
let profile: Profile
let tab: Tab

beforeAll(async () => {
  profile = await Profile.open()
  tab = new Tab(await profile.context.newPage())
  await tab.open('panes', { page: '' })
})
afterAll(() => profile[Symbol.asyncDispose]())
beforeEach(() => tab.clear())

const pane = (name: string) => tab.page.locator(`#${name}`)
// Of one millisecond: what orders them is the id.
const three = () => tab.commit(['1 one', '2 two', '3 three'])
const inspector = (name: string) => tab.page.locator('.tabs').getByRole('tab', { name })

async function rename(at: Tab, title: string): Promise<void> {
  await at.page.locator('#vue li label').dblclick()
  await at.page.fill('.edit', title)
  await at.page.press('.edit', 'Enter')
}

/** What each pane shows, the same text for the same view, whatever the framework adds of its own (comments, ids). */
async function views(when: 'now' | 'first frame after the next click'): Promise<() => Promise<string[]>> {
  const seen = tab.page.evaluateHandle((frame) => {
    const look = (node: Node): string => {
      if (node instanceof Text) return node.data.trim()
      if (!(node instanceof HTMLElement)) return ''
      const { checked, type, value } = node as HTMLInputElement
      const state = type === 'checkbox' ? checked : value
      return `<${node.localName} .${[...node.classList].sort().join('.')} ${state}>${[...node.childNodes].map(look).join('')}</>`
    }
    const all = () => [...document.querySelectorAll('.pane')].map(look)
    if (!frame) return { views: Promise.resolve(all()) }
    return {
      views: new Promise<string[]>((resolve) => {
        document.addEventListener('click', () => requestAnimationFrame(() => resolve(all())), {
          capture: true,
          once: true,
        })
      }),
    }
  }, when !== 'now')
  const handle = await seen
  return () => handle.evaluate(({ views }) => views)
}

async function frameAfter(click: () => Promise<void>): Promise<string[]> {
  const frame = await views('first frame after the next click')
  await click()
  return frame()
}

describe.each(names)('a click in %s shows in all panes before the next frame', (name) => {
  test.each([
    ['one todo completed', () => pane(name).locator('.toggle').nth(1).click(), /completed.*two/],
    ['all completed', () => pane(name).locator('.toggle-all').click(), /0.*items left/],
    ['one deleted', () => pane(name).locator('.destroy').first().click(), /^(?!.*one)/],
  ] as const)('%s', async (_, click, shown) => {
    await three()
    const before = await (await views('now'))()
    expect(new Set(before).size).toBe(1)
    const after = await frameAfter(click)
    expect(after).toHaveLength(3)
    expect(new Set(after).size).toBe(1)
    expect(after[0]).not.toBe(before[0])
    expect(after[0]).toMatch(shown)
  })

  test('completed ones cleared', async () => {
    await three()
    await pane(name).locator('.toggle').nth(1).click()
    const after = await frameAfter(() => pane(name).locator('.clear-completed').click())
    expect(new Set(after).size).toBe(1)
    expect(await tab.titles()).toEqual(['1 one', '3 three', '1 one', '3 three', '1 one', '3 three'])
  })

  test('a new todo, and a filter, are the same in all', async () => {
    await pane(name).locator('.new-todo').fill('typed here')
    await pane(name).locator('.new-todo').press('Enter')
    expect(await tab.titles()).toEqual(['typed here', 'typed here', 'typed here'])
    await pane(name).locator('.filters a', { hasText: 'Completed' }).click()
    await expect.poll(() => tab.titles()).toEqual([])
    expect(await tab.page.locator('.selected').allTextContents()).toEqual(['Completed', 'Completed', 'Completed'])
  })
})

test('todos and filter are kept over a reload', async () => {
  await three()
  await pane('vue').locator('.toggle').first().click()
  await pane('solid').locator('.filters a', { hasText: 'Active' }).click()
  await tab.reload()
  await expect.poll(() => tab.titles()).toEqual(['2 two', '3 three', '2 two', '3 three', '2 two', '3 three'])
})

test('SYNC-1 two profiles are in step, also after both were offline; the inspector shows what was undone and run again', async () => {
  await using elsewhere = await Profile.open()
  const other = await elsewhere.tab('panes', { page: '' })
  await tab.commit(['shared'])
  await expect.poll(() => other.titles()).toEqual(['shared', 'shared', 'shared'])
  await other.page.locator('#solid .toggle').click()
  await expect.poll(() => tab.page.locator('#svelte .completed').count()).toBe(1)

  await inspector('Rebases').click()
  await tab.setOffline(true)
  await other.setOffline(true)
  await rename(tab, 'named here')
  await rename(other, 'named there')
  expect((await tab.snapshot()).pending).toBe(1)
  await other.setOffline(false)
  await other.online()
  await other.settled()
  await tab.setOffline(false)
  await inStep([tab, other], 1)
  await expect.poll(() => tab.titles()).toEqual(['named here', 'named here', 'named here'])
  await expect.poll(() => other.titles()).toEqual(['named here', 'named here', 'named here'])

  const rebase = tab.page.locator('.rebase').first()
  await expect.poll(() => rebase.locator('summary').textContent()).toContain('1 undone, 2 run')
  await rebase.locator('summary').click()
  const args = (list: string) => rebase.locator(`section[aria-label="${list}"] .args`).allTextContents()
  await expect.poll(() => args('Undone')).toEqual([expect.stringContaining('named here')])
  expect(await args('Run in this order')).toEqual([
    expect.stringContaining('named there'),
    expect.stringContaining('named here'),
  ])
})

describe('the inspector', () => {
  test('begins its eventlog with what is pending, until it is confirmed', async () => {
    await tab.settled()
    await inspector('Eventlog').click()
    await tab.setOffline(true)
    await tab.commit(['not sent'])
    const newest = tab.page.locator('.virtual-lines li').first()
    await expect.poll(() => newest.textContent()).toMatch(/TodoCreated.*not sent.*pending$/)
    expect(await tab.page.locator('.log-count').first().textContent()).toMatch(/^1 pending, /)
    await tab.setOffline(false)
    await tab.settled()
    await expect.poll(() => tab.page.locator('.pending-line').count()).toBe(0)
    await expect.poll(() => newest.textContent()).toMatch(/^\d+v1\.TodoCreated.*not sent/)
  })

  test('commits 1,000 times; the eventlog holds them in a page of few lines, newest first, and filters them by name', async () => {
    await tab.settled()
    const { head } = await tab.snapshot()
    await inspector('Eventlog').click()
    await tab.page.click('.many')
    await tab.settled()
    expect((await tab.snapshot()).head).toBe(head + 1_000)
    expect(new Set(await tab.titles())).toEqual(new Set(['Renamed 999 times']))
    const lines = tab.page.locator('.virtual-lines li')
    await expect.poll(() => lines.first().textContent()).toContain('Renamed 999 times')
    expect(await lines.count()).toBeLessThan(60)

    const box = tab.page.locator('.virtual-list')
    await box.evaluate((element) => element.scrollTo(0, 500 * 26))
    await expect.poll(() => lines.allTextContents().then((texts) => texts.join())).toContain('Renamed 499 times')

    await tab.page.fill('[aria-label="Filter by name"]', 'created')
    await expect.poll(() => lines.first().textContent()).toContain('TodoCreated')
    expect(await tab.page.locator('.virtual-lines li .name').allTextContents()).not.toContain('v1.TodoRenamed')
    await tab.page.fill('[aria-label="Filter by name"]', '')
  })

  test('what is being read in the eventlog stays where it is while events come', async () => {
    await inspector('Eventlog').click()
    const box = tab.page.locator('.virtual-list')
    await box.evaluate((element) => element.scrollTo(0, 20 * 26))
    const before = await box.evaluate((element) => element.scrollTop)
    await tab.commit(['a', 'b'])
    await tab.settled()
    await expect.poll(() => box.evaluate((element) => element.scrollTop)).toBe(before + 2 * 26)
  })

  test('shows the rows of a table, live', async () => {
    await tab.commit(['in the table'])
    await inspector('Tables').click()
    const cells = tab.page.locator('#inspector-tables td')
    await expect.poll(() => cells.allTextContents()).toEqual(expect.arrayContaining(['in the table', 'false']))
    await tab.change(['in the table'])
    await expect.poll(() => cells.allTextContents()).toContain('true')
  })

  test('counts the runs of each live query, and what changed rows alone brought up to date', async () => {
    await inspector('Queries').click()
    const row = tab.page.locator('#inspector-queries tbody tr', { hasText: 'how many open' })
    const count = async (column: number) => Number(await row.locator('td').nth(column).textContent())
    const updates = async () => (await count(1)) + (await count(2))
    const before = await updates()
    await tab.commit(['one more'])
    await expect.poll(updates).toBe(before + 1)
  })

  test('tabs are one stop of the keyboard, and arrows move between them', async () => {
    await inspector('Eventlog').click()
    await tab.page.keyboard.press('ArrowRight')
    expect(await inspector('Tables').getAttribute('aria-selected')).toBe('true')
    expect(await tab.page.evaluate(() => document.activeElement?.textContent)).toBe('Tables')
    await tab.page.keyboard.press('ArrowLeft')
    await tab.page.keyboard.press('ArrowLeft')
    expect(await inspector('Rebases').getAttribute('aria-selected')).toBe('true')
  })

  test('another client joins by the sync server, acts, and leaves', async () => {
    await tab.page.check('.other-client')
    await expect.poll(() => tab.titles().then(([title]) => title)).toContain('From elsewhere')
    expect(new Set(await (await views('now'))()).size).toBe(1)
    await tab.page.uncheck('.other-client')
    await expect.poll(() => tab.page.locator('.said').textContent()).toBe('the other client has gone')
  })

  test('added latency delays what is confirmed, not what is shown', async () => {
    await tab.settled()
    await tab.page.selectOption('.latency', '500')
    await tab.commit(['slow to be confirmed'])
    expect(await tab.titles()).toContain('slow to be confirmed')
    expect((await tab.snapshot()).pending).toBe(1)
    await tab.settled()
    await tab.page.selectOption('.latency', '0')
  })
})
