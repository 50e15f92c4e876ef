import { createStore, type Dehydrated, dehydrate } from '@livefold/core'
import { memoryAdapter } from '@livefold/memory'
import { events, lists, openCount, type PaneOptions, schema, totalCount } from '@livefold/playground-todo'

/** What only a browser has, and a pane must not even ask for while a server renders it. */
const browserGlobals = [
  'window',
  'document',
  'location',
  'history',
  'localStorage',
  'sessionStorage',
  'navigator',
  'Worker',
]

export interface PaneRequest {
  readonly titles: readonly string[]
}

/** One request of a server: a store of its own, the pane rendered with it, and what the page needs to go on from there. */
export async function servePane(
  { titles }: PaneRequest,
  render: (options: PaneOptions) => Promise<string>,
): Promise<{ html: string; state: Dehydrated; touched: string[] }> {
  const store = await createStore({ schema, storeId: 'page', adapter: memoryAdapter() })
  try {
    for (const title of titles) store.commit(events.todoCreated({ id: title, title }))
    const { result, touched } = await watchingGlobals(() => render({ store }))
    return { html: result, state: dehydrate(store, [lists.all, totalCount, openCount]), touched }
  } finally {
    await store.close()
  }
}

/** Runs `run`, and tells which of a browser's globals were asked for meanwhile. */
async function watchingGlobals<T>(run: () => Promise<T>): Promise<{ result: T; touched: string[] }> {
  const touched = new Set<string>()
  const before = browserGlobals.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const)
  for (const [name] of before) {
    const get = () => {
      // A framework's own `typeof window` is its own affair.
      if (!new Error().stack?.split('\n')[2]?.includes('node_modules')) touched.add(name)
    }
    Object.defineProperty(globalThis, name, { configurable: true, get })
  }
  try {
    return { result: await run(), touched: [...touched] }
  } finally {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor)
      else Reflect.deleteProperty(globalThis, name)
    }
  }
}
