import { afterAll, beforeAll, describe, expect, test } from 'vitest'
// biome-ignore lint/style/noRestrictedImports: what the page under test imports
import { EXAMPLE_PARTS, exampleIssues } from '../board/src/example-issues.ts'
import { BoardPage, boardsInStep } from './board-page.ts'
import { Profile } from './profile.ts'

// The issue board on the built playground. One store for all: its 10,000 issues are imported once.

const STORE = 'issues'
const all = Array.from({ length: EXAMPLE_PARTS }, (_, part) => exampleIssues(part)).flat()
let profile: Profile
let board: BoardPage
let twin: BoardPage

beforeAll(async () => {
  profile = await Profile.open()
  board = new BoardPage(await profile.context.newPage())
  twin = new BoardPage(await profile.context.newPage())
  await Promise.all([board.open(STORE), twin.open(STORE)])
  await board.page.bringToFront()
})
afterAll(() => profile[Symbol.asyncDispose]())

test('two tabs that start together import 10,000 issues once', async () => {
  await board.settled()
  await boardsInStep([board, twin])
  expect(await board.found()).toBe('10,000 of 10,000')
  expect((await board.state()).head).toBe(20)
  await twin.page.close()
})

test('what the last interaction cost and how many queries live is shown', async () => {
  await board.search('sync')
  await expect.poll(() => board.page.textContent('.cost')).toMatch(/^Search \d+\.\d ms, on screen after \d+ ms$/)
  expect(await board.page.textContent('.live-queries')).toMatch(/^\d+ live queries$/)
  await board.search('')
})

describe('the list', () => {
  test('holds the rows in sight alone, wherever it is scrolled to', async () => {
    expect(await board.grid.getAttribute('aria-rowcount')).toBe('10000')
    expect(await board.rows.count()).toBeLessThan(60)
    await board.grid.evaluate((grid) => grid.scrollTo(0, 200_000))
    await expect.poll(() => board.rows.first().getAttribute('aria-rowindex').then(Number)).toBeGreaterThan(4_000)
    expect(await board.rows.count()).toBeLessThan(60)
  })

  test('is walked by keyboard, and says which row is meant', async () => {
    const meant = async () => {
      const id = await board.grid.getAttribute('aria-activedescendant')
      return Number(await board.page.locator(`[id="${id}"]`).getAttribute('aria-rowindex'))
    }
    await board.grid.focus()
    await board.page.keyboard.press('Home')
    expect(await meant()).toBe(1)
    await board.page.keyboard.press('ArrowDown')
    expect(await meant()).toBe(2)
    await board.page.keyboard.press('PageDown')
    expect(await meant()).toBeGreaterThan(8)
    await board.page.keyboard.press('End')
    expect(await meant()).toBe(10_000)
    expect(await board.page.locator('[aria-rowindex="10000"]').isVisible()).toBe(true)
    await board.page.keyboard.press('Home')
    expect(await meant()).toBe(1)
  })

  test('is narrowed by search, letter by letter', async () => {
    for (const text of ['e', 'ex', 'exp', 'export', 'export offline']) {
      await board.search(text)
      const words = text.split(' ')
      const expected = all.filter(({ title }) => words.every((word) => title.toLowerCase().includes(word))).length
      expect(await board.grid.getAttribute('aria-rowcount')).toBe(String(expected))
    }
    expect((await board.titles()).every((title) => title.includes('export when offline'))).toBe(true)
    await board.search('')
  })

  test('is narrowed by status, priority, assignee and label; the chips count what is left', async () => {
    await board.page.click('.chip:has-text("To do")')
    await board.page.click('.chip:has-text("Doing")')
    await board.page.selectOption('select[aria-label="Priority"]', 'High')
    await board.page.selectOption('select[aria-label="Assignee"]', 'Grace')
    await board.page.selectOption('select[aria-label="Label"]', 'bug')
    const left = all.filter(
      ({ priority, assignee, labels }) => priority === 2 && assignee === 'Grace' && labels.includes('bug'),
    )
    const shown = left.filter(({ status }) => status === 'todo' || status === 'doing')
    expect(await board.grid.getAttribute('aria-rowcount')).toBe(String(shown.length))
    expect(await board.count('Backlog')).toBe(left.filter(({ status }) => status === 'backlog').length)
    await board.page.selectOption('select[aria-label="Assignee"]', 'Nobody')
    expect(await board.page.locator('.person').first().getAttribute('aria-label')).toBe('Nobody')
    await board.page.click('.clear')
    expect(await board.found()).toBe('10,000 of 10,000')
  })

  test('is sorted', async () => {
    await board.page.selectOption('select[aria-label="Sort by"]', 'Title')
    await board.page.click('button[aria-label="Descending"]')
    const byTitle = await board.rows.evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.id))
    expect(byTitle).toEqual(await board.firstIds('title', byTitle.length))
    await board.page.selectOption('select[aria-label="Sort by"]', 'Created')
    expect(await board.rows.first().getAttribute('data-id')).toBe('example-1')
    await board.page.selectOption('select[aria-label="Sort by"]', 'Updated')
    await board.page.click('button[aria-label="Ascending"]')
  })
})

describe('editing', () => {
  test('a title is edited where it stands, by mouse and by keyboard', async () => {
    const id = (await board.rows.first().getAttribute('data-id')) as string
    await board.row(id).locator('.title').click()
    await board.page.keyboard.type('Said by mouse')
    await board.page.keyboard.press('Enter')
    expect((await board.issue(id))?.title).toBe('Said by mouse')
    await board.page.keyboard.press('Home')
    await board.page.keyboard.press('e')
    await board.page.keyboard.type('Never mind')
    await board.page.keyboard.press('Escape')
    expect((await board.issue(id))?.title).toBe('Said by mouse')
    await board.page.keyboard.press('F2')
    await board.page.keyboard.type('Said by keyboard')
    await board.page.keyboard.press('Enter')
    expect((await board.issue(id))?.title).toBe('Said by keyboard')
    expect(await board.row(id).locator('.title').textContent()).toBe('Said by keyboard')
    expect(await board.page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('grid')
  })

  test('status and priority are chosen where they stand; counts follow', async () => {
    const id = all.find(({ status, priority }) => status === 'review' && priority === 3)?.id as string
    const title = 'The one with a status'
    await board.search((await board.issue(id))?.title as string)
    await board.row(id).locator('.title').click()
    await board.page.keyboard.type(title)
    await board.page.keyboard.press('Enter')
    await board.search('')
    const before = [await board.count('Review'), await board.count('Done')] as const
    await board.row(id).locator('.cell-status button').click()
    await board.row(id).locator('.cell-status select').selectOption('Done')
    expect([await board.count('Review'), await board.count('Done')]).toEqual([before[0] - 1, before[1] + 1])
    await board.row(id).locator('.cell-priority button').click()
    await board.row(id).locator('.cell-priority select').selectOption('Low')
    expect(await board.issue(id)).toMatchObject({ title, status: 'done', priority: 0 })
    expect(await board.row(id).locator('.cell-status').textContent()).toBe('Done')
  })

  test('an issue is created, edited in whole and deleted', async () => {
    await board.page.click('.new-issue')
    await board.page.fill('dialog [name="title"]', 'Brand new')
    await board.page.selectOption('dialog [name="assignee"]', 'Ada')
    await board.page.check('dialog [value="sync"]')
    await board.page.click('dialog [type="submit"]')
    expect(await board.found()).toBe('10,001 of 10,001')
    await board.search('Brand new')
    expect(await board.rows.first().locator('.number').textContent()).toBe('#10001')
    await board.rows.first().locator('.number').click()
    await board.page.fill('dialog [name="description"]', 'With a description')
    await board.page.click('dialog [type="submit"]')
    const id = (await board.rows.first().getAttribute('data-id')) as string
    expect(await board.issue(id)).toMatchObject({
      title: 'Brand new',
      description: 'With a description',
      assignee: 'Ada',
      labels: ['sync'],
    })
    await board.rows.first().locator('.number').click()
    await board.page.click('dialog .delete')
    expect(await board.rows.count()).toBe(0)
    await board.search('')
    expect(await board.found()).toBe('10,000 of 10,000')
  })
})

test('the columns hold a status each; shift and an arrow move a card on', async () => {
  await board.page.click('.layout button:has-text("Board")')
  expect(await board.page.locator('.column').count()).toBe(5)
  expect(await board.rows.count()).toBeLessThan(120)
  const doing = board.page.locator('.column[data-status="doing"]')
  const id = (await doing.locator('[role="row"]').first().getAttribute('data-id')) as string
  const before = await board.count('Review')
  await doing.locator('[role="grid"]').focus()
  await board.page.keyboard.press('Home')
  await board.page.keyboard.press('Shift+ArrowRight')
  expect((await board.issue(id))?.status).toBe('review')
  expect(await board.count('Review')).toBe(before + 1)
  await board.page.locator(`.column[data-status="review"] [data-id="${id}"]`).waitFor()
  const todo = board.page.locator('.column[data-status="todo"]')
  await board.row(id).locator('.card').dragTo(todo)
  expect((await board.issue(id))?.status).toBe('todo')
})

test('DUR-1 a reload keeps issues and view', async () => {
  const before = await board.state()
  await board.search('login')
  await board.page.click('.chip:has-text("To do")')
  const found = await board.found()
  await board.reload()
  expect(await board.page.locator('.column').count()).toBe(1)
  expect(await board.page.inputValue('.search')).toBe('login')
  expect(await board.found()).toBe(found)
  expect((await board.state()).digest).toBe(before.digest)
  await board.page.click('.clear')
  await board.page.click('.layout button:has-text("List")')
})

test('SYNC-1 a second profile gets the issues from the server, and both see each other’s edits', async () => {
  await using other = await Profile.open()
  const there = new BoardPage(await other.context.newPage())
  await there.open(STORE)
  await boardsInStep([board, there])
  expect(await there.found()).toBe('10,000 of 10,000')

  const id = (await there.rows.first().getAttribute('data-id')) as string
  await there.row(id).locator('.title').click()
  await there.page.keyboard.type('Said in the other profile')
  await there.page.keyboard.press('Enter')
  await expect.poll(() => board.titles()).toContain('Said in the other profile')

  await board.row(id).locator('.title').click()
  await board.page.keyboard.type('Answered here')
  await board.page.keyboard.press('Enter')
  await expect.poll(() => there.titles()).toContain('Answered here')
  await boardsInStep([board, there])
})
