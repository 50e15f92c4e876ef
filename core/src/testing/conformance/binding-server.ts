import { dehydrate } from '../../store/dehydrate.ts'
import { inspect } from '../../store/inspect.ts'
import { todoEvents, todoSchema, todos } from '../todo-schema.ts'
import { type MemoryStores, type Scene, SceneLog, type ServerPage, type ServerRequest } from './binding-scene.ts'

/** What requests and pages show. */
export const pageQuery = todos.orderBy('title')

/** One request of a server: a store of its own, rendered and sent along. `render` is the binding's, given a `list` scene. */
export async function servePage(
  request: ServerRequest,
  { createStore, memoryAdapter }: Pick<MemoryStores, 'createStore' | 'memoryAdapter'>,
  render: (scene: Scene) => Promise<string>,
): Promise<ServerPage> {
  const store = await createStore({ schema: todoSchema, storeId: 'page', adapter: memoryAdapter() })
  try {
    for (const title of request.titles) store.commit(todoEvents.todoPut({ id: title, title, rank: null }))
    const html = await render({ view: 'list', store, query: pageQuery, log: new SceneLog() })
    const live = inspect(store).filter((query) => query.observed).length
    return { html, state: dehydrate(store, [pageQuery]), live }
  } finally {
    await store.close()
  }
}
