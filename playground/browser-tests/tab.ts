import type { Page } from 'playwright'
import { expect, inject } from 'vitest'
import type { Livefold } from './livefold-global.ts'

/** Shown titles, and where the store is. */
export interface Snapshot {
  readonly titles: readonly string[]
  readonly head: number
  readonly pending: number
  /** Of the synced tables. */
  readonly digest: string
  readonly epoch: number
  readonly leads: boolean
}

/** A page of the playground. */
export class Tab {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  async open(store: string, options: { search?: string; page?: string } = {}): Promise<void> {
    const { search = '', page = 'vanilla/' } = options
    await this.page.goto(`${inject('playground')}${page}?store=${encodeURIComponent(store)}${search}`)
    await this.ready()
  }

  async ready(): Promise<void> {
    await this.page.waitForSelector('body.ready', { state: 'attached', timeout: 20_000 })
  }

  async reload(): Promise<void> {
    await this.page.reload()
    await this.ready()
  }

  async add(...titles: readonly string[]): Promise<void> {
    for (const title of titles) {
      await this.page.fill('.new-todo', title)
      await this.page.press('.new-todo', 'Enter')
    }
  }

  /** Commits one todo per title, in one turn of the page, without the keyboard. */
  async commit(titles: readonly string[]): Promise<void> {
    await this.page.evaluate((list) => {
      const { store, events } = (globalThis as unknown as { livefold: Livefold }).livefold
      for (const title of list) store.commit(events.todoCreated({ id: title, title }))
    }, titles)
  }

  /** Toggles the todos with these titles, without the mouse. */
  async change(titles: readonly string[]): Promise<void> {
    await this.page.evaluate((list) => {
      const { store, events, todos } = (globalThis as unknown as { livefold: Livefold }).livefold
      for (const { id, title, done } of store.query(todos)) {
        if (list.includes(title)) store.commit(events.todoToggled({ id, done: !done }))
      }
    }, titles)
  }

  /** Deletes all todos, and shows all that come. */
  async clear(): Promise<void> {
    await this.page.evaluate(() => {
      const { store, events, todos } = (globalThis as unknown as { livefold: Livefold }).livefold
      const gone = store.query(todos).map(({ id }) => events.todoDeleted({ id }))
      if (gone.length > 0) store.commit(...gone)
      location.hash = '#/'
    })
  }

  /** Double-clicks the label of the todo that has this text, or this place. */
  async edit(todo: string | number): Promise<void> {
    const items = this.page.locator('.todo-list li')
    const label = (typeof todo === 'number' ? items.nth(todo) : items.filter({ hasText: todo })).locator('label')
    // Playwright's clicks are none but single ones in Firefox over BiDi.
    if (inject('browser').name === 'firefox') await label.dispatchEvent('dblclick')
    else await label.dblclick()
  }

  async settled(): Promise<void> {
    await this.page.evaluate(() => (globalThis as unknown as { livefold: Livefold }).livefold.store.settled())
  }

  titles(): Promise<string[]> {
    return this.page.locator('.todo-list li .view label').allTextContents()
  }

  async snapshot(): Promise<Snapshot> {
    return this.page.evaluate(async () => {
      const { store, todos, leads, digest } = (globalThis as unknown as { livefold: Livefold }).livefold
      // The rest is read in the same task as the digest.
      const state = await digest()
      return {
        titles: store.query(todos.orderBy('createdAt', 'asc')).map((row) => row.title),
        head: store.status.upstreamHead.value,
        pending: store.status.pending.value,
        digest: state,
        epoch: store.status.leader.value,
        leads: leads.value,
      }
    })
  }

  async setOffline(offline: boolean): Promise<void> {
    await this.page.setChecked('.offline', offline)
    if (offline) await this.page.waitForSelector('.connection[data-state="offline"]')
  }

  async online(): Promise<void> {
    await this.page.waitForSelector('.connection[data-state="online"]')
  }
}

/** Waits until all tabs show the same, with nothing pending, and gives what they show. */
export async function inStep(tabs: readonly Tab[], todos: number, timeout = 20_000): Promise<Snapshot> {
  await expect
    .poll(
      async () => {
        const views = await Promise.all(tabs.map((tab) => tab.snapshot()))
        return {
          todos: views.map((view) => view.titles.length),
          pending: views.map((view) => view.pending),
          digests: new Set(views.map((view) => view.digest)).size,
          heads: new Set(views.map((view) => view.head)).size,
        }
      },
      { timeout, interval: 50 },
    )
    .toEqual({ todos: tabs.map(() => todos), pending: tabs.map(() => 0), digests: 1, heads: 1 })
  return (tabs[0] as Tab).snapshot()
}

export async function leaders(tabs: readonly Tab[]): Promise<number> {
  const views = await Promise.all(tabs.map((tab) => tab.snapshot()))
  return views.filter((view) => view.leads).length
}

/** The tab that leads, and the others. */
export async function byOffice(tabs: readonly Tab[]): Promise<{ leader: Tab; followers: Tab[] }> {
  await expect.poll(() => leaders(tabs), { timeout: 10_000 }).toBe(1)
  const views = await Promise.all(tabs.map((tab) => tab.snapshot()))
  const leader = tabs.find((_, i) => views[i]?.leads) as Tab
  return { leader, followers: tabs.filter((tab) => tab !== leader) }
}
