import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Profile } from './profile.ts'
import { Tab } from './tab.ts'

// TodoMVC by the public app specification, on each of the built pages.

let profile: Profile
let tab: Tab

beforeAll(async () => {
  profile = await Profile.open()
})
afterAll(() => profile[Symbol.asyncDispose]())

const item = (n: number) => tab.page.locator('.todo-list li').nth(n)
const edit = async (n: number) => {
  await tab.edit(n)
  return item(n).locator('.edit')
}
const classes = async (n: number) => (await item(n).getAttribute('class')) ?? ''
const visible = (selector: string) => tab.page.locator(selector).isVisible()
const counter = () => tab.page.locator('.todo-count').textContent()
const three = () => tab.add('one', 'two', 'three')
const shown = (titles: readonly string[]) => expect.poll(() => tab.titles()).toEqual(titles)

describe.each(['vanilla', 'svelte', 'vue', 'solid'])('%s', (name) => {
  beforeAll(async () => {
    tab = new Tab(await profile.context.newPage())
    await tab.open(`todomvc-${name}`, { page: `${name}/` })
  })
  afterAll(() => tab.page.close())
  beforeEach(() => tab.clear())

  describe('without todos', () => {
    test('main and footer are hidden', async () => {
      expect(await visible('.main')).toBe(false)
      expect(await visible('.footer')).toBe(false)
    })

    test('the new-todo field has the focus', async () => {
      await tab.reload()
      expect(await tab.page.evaluate(() => document.activeElement?.className)).toBe('new-todo')
    })
  })

  describe('a new todo', () => {
    test('is added at the end by Enter', async () => {
      await three()
      await shown(['one', 'two', 'three'])
    })

    test('leaves the field empty', async () => {
      await tab.add('one')
      expect(await tab.page.inputValue('.new-todo')).toBe('')
    })

    test('is trimmed', async () => {
      await tab.add('   spaces around   ')
      await shown(['spaces around'])
    })

    test('of nothing but spaces is none', async () => {
      await tab.add('   ')
      await shown([])
      expect(await visible('.main')).toBe(false)
    })

    test('makes main and footer visible', async () => {
      await tab.add('one')
      expect(await visible('.main')).toBe(true)
      expect(await visible('.footer')).toBe(true)
    })

    test('is shown as text, not as markup', async () => {
      await tab.add('<b>bold</b> & "quotes"')
      await shown(['<b>bold</b> & "quotes"'])
    })
  })

  describe('toggle all', () => {
    test('completes all', async () => {
      await three()
      await tab.page.check('.toggle-all')
      await expect.poll(() => tab.page.locator('li.completed').count()).toBe(3)
    })

    test('and takes it back', async () => {
      await three()
      await tab.page.check('.toggle-all')
      await tab.page.uncheck('.toggle-all')
      await expect.poll(() => tab.page.locator('li.completed').count()).toBe(0)
    })

    test('follows the todos', async () => {
      await tab.add('one', 'two')
      await item(0).locator('.toggle').check()
      expect(await tab.page.isChecked('.toggle-all')).toBe(false)
      await item(1).locator('.toggle').check()
      expect(await tab.page.isChecked('.toggle-all')).toBe(true)
      await item(0).locator('.toggle').uncheck()
      expect(await tab.page.isChecked('.toggle-all')).toBe(false)
    })
  })

  describe('a todo', () => {
    test('is completed by its checkbox', async () => {
      await tab.add('one')
      await item(0).locator('.toggle').check()
      await expect.poll(() => classes(0)).toContain('completed')
    })

    test('is made active again', async () => {
      await tab.add('one')
      await item(0).locator('.toggle').check()
      await item(0).locator('.toggle').uncheck()
      await expect.poll(() => classes(0)).not.toContain('completed')
    })

    test('shows its delete button on hover, which deletes it', async () => {
      await tab.add('one', 'two')
      await item(0).hover()
      await item(0).locator('.destroy').click()
      await shown(['two'])
    })
  })

  describe('editing', () => {
    test('begins with a double click: field with the title and the focus, view hidden', async () => {
      await three()
      const field = await edit(1)
      expect(await classes(1)).toContain('editing')
      expect(await field.inputValue()).toBe('two')
      expect(await field.evaluate((element) => element === document.activeElement)).toBe(true)
      expect(await item(1).locator('.view').isVisible()).toBe(false)
    })

    test('Enter saves', async () => {
      await three()
      const field = await edit(1)
      await field.fill('second')
      await field.press('Enter')
      await shown(['one', 'second', 'three'])
      expect(await tab.page.locator('.editing').count()).toBe(0)
    })

    test('leaving the field saves', async () => {
      await three()
      const field = await edit(1)
      await field.fill('second')
      await tab.page.locator('.new-todo').click()
      await shown(['one', 'second', 'three'])
    })

    test('Escape discards', async () => {
      await three()
      const field = await edit(1)
      await field.fill('second')
      await field.press('Escape')
      await shown(['one', 'two', 'three'])
      expect(await tab.page.locator('.editing').count()).toBe(0)
    })

    test('the new title is trimmed', async () => {
      await three()
      const field = await edit(1)
      await field.fill('  second  ')
      await field.press('Enter')
      await shown(['one', 'second', 'three'])
    })

    test('an empty title deletes', async () => {
      await three()
      const field = await edit(1)
      await field.fill('  ')
      await field.press('Enter')
      await shown(['one', 'three'])
    })

    test('F2 edits from the keyboard, which goes back to the todo', async () => {
      await three()
      await item(1).locator('.toggle').press('F2')
      await tab.page.keyboard.type('!')
      await tab.page.keyboard.press('Enter')
      await shown(['one', 'two!', 'three'])
      expect(
        await item(1)
          .locator('.toggle')
          .evaluate((element) => element === document.activeElement),
      ).toBe(true)
    })

    test('what is being typed stays while todos around it, and it itself, change', async () => {
      await three()
      const field = await edit(1)
      await field.fill('half a')
      await tab.change(['one'])
      await tab.change(['two'])
      await expect.poll(() => classes(1)).toContain('completed')
      expect(await field.inputValue()).toBe('half a')
      expect(await field.evaluate((element) => element === document.activeElement)).toBe(true)
      await field.press('Escape')
      await shown(['one', 'two', 'three'])
    })

    test('an unchanged title commits nothing', async () => {
      await tab.add('one')
      await tab.settled()
      const { head } = await tab.snapshot()
      const field = await edit(0)
      await field.press('Enter')
      await tab.settled()
      expect((await tab.snapshot()).head).toBe(head)
    })
  })

  describe('counter', () => {
    test('is pluralised', async () => {
      await tab.add('one')
      await expect.poll(counter).toBe('1 item left')
      await tab.add('two')
      await expect.poll(counter).toBe('2 items left')
      await tab.page.check('.toggle-all')
      await expect.poll(counter).toBe('0 items left')
    })

    test('has its number in strong', async () => {
      await tab.add('one')
      expect(await tab.page.locator('.todo-count strong').textContent()).toBe('1')
    })

    test('counts the active ones alone', async () => {
      await three()
      await item(0).locator('.toggle').check()
      await expect.poll(counter).toBe('2 items left')
    })
  })

  describe('clear completed', () => {
    test('is hidden while there are none', async () => {
      await tab.add('one')
      expect(await visible('.clear-completed')).toBe(false)
      await item(0).locator('.toggle').check()
      await expect.poll(() => visible('.clear-completed')).toBe(true)
    })

    test('removes the completed ones', async () => {
      await three()
      await item(1).locator('.toggle').check()
      await tab.page.click('.clear-completed')
      await shown(['one', 'three'])
      expect(await visible('.clear-completed')).toBe(false)
    })
  })

  describe('routing', () => {
    const withOneDone = async () => {
      await three()
      await item(1).locator('.toggle').check()
    }

    test('#/active shows the active ones', async () => {
      await withOneDone()
      await tab.page.click('.filters a[href="#/active"]')
      await shown(['one', 'three'])
    })

    test('#/completed shows the completed ones', async () => {
      await withOneDone()
      await tab.page.click('.filters a[href="#/completed"]')
      await shown(['two'])
    })

    test('#/ shows all', async () => {
      await withOneDone()
      await tab.page.click('.filters a[href="#/completed"]')
      await tab.page.click('.filters a[href="#/"]')
      await shown(['one', 'two', 'three'])
    })

    test('marks the filter that is on', async () => {
      await withOneDone()
      await tab.page.click('.filters a[href="#/active"]')
      await expect.poll(() => tab.page.locator('.filters .selected').allTextContents()).toEqual(['Active'])
    })

    test('goes back with the history', async () => {
      await withOneDone()
      await tab.page.click('.filters a[href="#/active"]')
      await tab.page.click('.filters a[href="#/completed"]')
      await tab.page.goBack()
      await shown(['one', 'three'])
    })

    test('a todo leaves the filtered list when it no longer fits', async () => {
      await three()
      await tab.page.click('.filters a[href="#/active"]')
      await item(0).locator('.toggle').click()
      await shown(['two', 'three'])
    })

    test('is kept over a reload', async () => {
      await withOneDone()
      await tab.page.click('.filters a[href="#/completed"]')
      await tab.reload()
      await shown(['two'])
    })
  })

  test('todos and their state are kept over a reload', async () => {
    await three()
    await item(1).locator('.toggle').check()
    await tab.reload()
    await shown(['one', 'two', 'three'])
    expect(await classes(1)).toContain('completed')
  })
})
