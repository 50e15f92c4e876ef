import { createStore, inspect } from '@livefold/core'
import { memoryAdapter } from '@livefold/memory'
import { mountPane as solid } from '@livefold/playground-solid'
import { mountPane as svelte } from '@livefold/playground-svelte'
import { events, schema, type TodoStore } from '@livefold/playground-todo'
import { mountPane as vue } from '@livefold/playground-vue'
import { describe, expect, it } from 'vitest'
import { commands } from 'vitest/browser'
import { stageElement, watchConsole } from '../../../bindings/testing/page.ts'
import type { servePane } from './serve-pane.ts'

const titles = ['1 water the plants', '2 <b>write</b> & read']
type Page = Awaited<ReturnType<typeof servePane>>

async function served(name: string, ...requests: string[][]): Promise<Page[]> {
  return (await commands.renderPages(
    `playground/${name}`,
    requests.map((titles) => ({ titles })),
  )) as unknown as Page[]
}

async function openStore(): Promise<TodoStore> {
  const store = await createStore({ schema, storeId: 'page', adapter: memoryAdapter() })
  for (const title of titles) store.commit(events.todoCreated({ id: title, title }))
  return store
}

describe.each([
  ['svelte', svelte],
  ['vue', vue],
  ['solid', solid],
] as const)('the pane in %s', (name, mountPane) => {
  const labels = (root: Element) => [...root.querySelectorAll('.view label')].map((label) => label.textContent)

  it('is rendered by a server, which has nothing of a browser', async () => {
    const [page, other] = await served(name, titles, ['of another request'])
    expect([page?.touched, other?.touched]).toEqual([[], []])
    expect(labels(stageElement(page?.html))).toEqual(titles)
    expect(labels(stageElement(other?.html))).toEqual(['of another request'])
    expect(stageElement(page?.html).querySelector('.todo-count')?.textContent).toBe('2 items left')
  })

  it('takes over what the server rendered, without a warning and with the same elements, before and after its store is open', async () => {
    const [page] = await served(name, titles)
    // What the script of `generateHydrationScript` sets up in a page that Solid rendered.
    Object.assign(globalThis, { _$HY: { events: [], completed: new WeakSet(), r: {}, fe() {} } })
    const root = stageElement(page?.html)
    const lines = [...root.querySelectorAll('li[data-id]')]
    const { warnings, stop } = watchConsole()
    const { promise, resolve } = Promise.withResolvers<TodoStore>()
    const end = mountPane(root, { store: promise, hydrate: page?.state })
    await new Promise((frame) => requestAnimationFrame(frame))
    expect([...root.querySelectorAll('li[data-id]')]).toEqual(lines)
    expect(labels(root)).toEqual(titles)

    const store = await openStore()
    resolve(store)
    await expect.poll(() => inspect(store).filter((query) => query.observed).length).toBe(3)
    expect([...root.querySelectorAll('li[data-id]')]).toEqual(lines)
    root.querySelector<HTMLInputElement>('.toggle')?.click()
    await expect.poll(() => lines[0]?.classList.contains('completed')).toBe(true)
    expect(warnings).toEqual([])
    stop()
    end()
    await expect.poll(() => inspect(store).filter((query) => query.observed)).toEqual([])
    await store.close()
    root.remove()
  })
})
