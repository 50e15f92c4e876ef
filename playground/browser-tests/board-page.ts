import type { Store } from '@livefold/core'
import type { Locator, Page } from 'playwright'
import { expect, inject } from 'vitest'
// biome-ignore lint/style/noRestrictedImports: the types of the page under test
import type { events, Issue, issues } from '../board/src/schema.ts'

interface BoardGlobal {
  readonly store: Store
  readonly events: typeof events
  readonly issues: typeof issues
  readonly digest: () => string
}

/** A page of the playground's issue board. */
export class BoardPage {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  async open(store: string): Promise<void> {
    await this.page.goto(`${inject('playground')}board/?store=${encodeURIComponent(store)}`)
    await this.ready()
  }

  async reload(): Promise<void> {
    await this.page.reload()
    await this.ready()
  }

  /** The store is open, and the example issues are in. */
  async ready(): Promise<void> {
    await this.page.waitForSelector('body.ready', { state: 'attached', timeout: 20_000 })
    await this.page.waitForSelector('.cost', { state: 'attached', timeout: 40_000 })
  }

  get grid(): Locator {
    return this.page.locator('[role="grid"]')
  }

  /** Rows in the page. */
  get rows(): Locator {
    return this.grid.locator('[role="row"]')
  }

  row(id: string): Locator {
    return this.page.locator(`[role="row"][data-id="${id}"]`)
  }

  titles(): Promise<string[]> {
    return this.rows.locator('.title').allTextContents()
  }

  found(): Promise<string | null> {
    return this.page.textContent('.found')
  }

  /** What the chip of a status says. */
  async count(status: string): Promise<number> {
    const text = await this.page.locator('.chip', { hasText: status }).locator('.count').textContent()
    return Number(text?.replaceAll(',', ''))
  }

  /** Narrows the list to issues that are few enough to be all in the page. */
  async search(text: string): Promise<void> {
    await this.page.fill('.search', text)
  }

  issue(id: string): Promise<Issue | undefined> {
    return this.page.evaluate((key) => {
      const { store, issues } = (globalThis as unknown as { livefold: BoardGlobal }).livefold
      return store.query(issues.where({ id: key }).first())
    }, id)
  }

  /** The first ids by SQL of the test's own. */
  firstIds(orderBy: 'title' | 'createdAt', n: number): Promise<string[]> {
    return this.page.evaluate(
      ([column, count]) => {
        const { store, issues } = (globalThis as unknown as { livefold: BoardGlobal }).livefold
        return store.query(issues.orderBy(column).limit(count)).map(({ id }) => id)
      },
      [orderBy, n] as const,
    )
  }

  async state(): Promise<{ head: number; pending: number; digest: string }> {
    return this.page.evaluate(() => {
      const { store, digest } = (globalThis as unknown as { livefold: BoardGlobal }).livefold
      const { upstreamHead, pending } = store.status
      return { head: upstreamHead.value, pending: pending.value, digest: digest() }
    })
  }

  settled(): Promise<void> {
    return this.page.evaluate(() => (globalThis as unknown as { livefold: BoardGlobal }).livefold.store.settled())
  }
}

/** Waits until all pages hold the same, with nothing pending. */
export async function boardsInStep(pages: readonly BoardPage[]): Promise<void> {
  await expect
    .poll(
      async () => {
        const states = await Promise.all(pages.map((page) => page.state()))
        return {
          pending: Math.max(...states.map(({ pending }) => pending)),
          heads: new Set(states.map(({ head }) => head)).size,
          digests: new Set(states.map(({ digest }) => digest)).size,
        }
      },
      { timeout: 20_000, interval: 100 },
    )
    .toEqual({ pending: 0, heads: 1, digests: 1 })
}
