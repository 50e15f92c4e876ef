import type { AnySchema } from '../../schema/schema.ts'
import type { Adapter } from '../../store/adapter.ts'
import type { Dehydrated } from '../../store/dehydrate.ts'
import type { Store } from '../../store/store.ts'
import type { StoreInput } from '../../store/store-context.ts'
import type { SyncTransport } from '../../sync/transport.ts'
import { todos } from '../todo-schema.ts'

/** What scenes without a `query` show. */
export const sceneQueries = { count: todos.count(), list: todos }

/**
 * What a binding's test component shows. It provides `store` (with `hydrate`) by the binding's own means, and below:
 * - while the store opens `<p data-kind="loading">`; when it cannot be opened, or a query throws, `<p data-kind="error">` with the error's
 *   message and, beside it, `<button data-kind="retry">` that shows the view again
 * - `list`: `useQuery(() => scene.query)`. `<ul>` of `<li data-id="{id}">`, keyed by id; what is in a row comes from a component of its own as
 *   `log.row(row)`. `<p data-kind="nothing">` while there is no value
 * - `value`: `useQuery(() => scene.query)` as JSON in `<output>`, by way of `log.value(value)`
 * - `pair`: `sceneQueries.count` and `.list`, both read in one effect that calls `log.pair(count, rows.length)`
 * - `status`: `useStatus((status) => status.pending)` in `<output>`, by way of `log.value(pending)`
 * - `stores`: `sceneQueries.count` of the provided store in `<output data-of="own">`, and with the option `store: scene.other` in `<output data-of="other">`
 * - `contexts`: the same, where `scene.other` is provided by a second `createStoreContext()`
 * - `form`: `<button data-kind="commit">` that commits `log.event()` to `useStore()`
 */
export interface Scene {
  readonly view: 'list' | 'value' | 'pair' | 'status' | 'stores' | 'contexts' | 'form'
  readonly store: StoreInput
  readonly hydrate?: Dehydrated | undefined
  readonly query?: unknown
  readonly other?: Store | undefined
  readonly log: SceneLog
}

interface ListedRow {
  readonly id: string
  readonly title: string
}

/** What the components of a scene did. */
export class SceneLog {
  /** Ids of rows, each time one was made or changed. */
  readonly rows: string[] = []
  readonly values: unknown[] = []
  readonly pairs: (readonly [number, number])[] = []
  onPair: (count: number, length: number) => void = () => {}
  event: () => never = () => {
    throw new Error('no event')
  }

  row(row: ListedRow): string {
    this.rows.push(row.id)
    return row.title
  }

  value(value: unknown): string {
    this.values.push(value)
    return JSON.stringify(value) ?? 'undefined'
  }

  pair(count: number, length: number): void {
    this.pairs.push([count, length])
    this.onPair(count, length)
  }
}

/** The part of a DOM element that scenarios read. */
export interface SceneElement {
  readonly textContent: string | null
  querySelectorAll(selector: string): Iterable<SceneElement>
  getAttribute(name: string): string | null
}

/** A scene in a page. */
export interface MountedScene {
  readonly root: SceneElement
  /** The rows' elements as the server made them; none when it was mounted. */
  readonly served: readonly SceneElement[]
  /** Changes reactive props of the component. */
  set(change: Partial<Scene>): void
  /** Resolves when the framework has brought the DOM up to date. */
  flush(): Promise<void>
  click(element: SceneElement): void
  unmount(): void
  /** What the framework complained of since it was mounted: hydration mismatches among them. */
  readonly warnings: readonly string[]
}

/** What one server request rendered: the `list` scene of `query`, over a store with these titles. */
export interface ServerRequest {
  readonly titles: readonly string[]
}

export interface ServerPage {
  readonly html: string
  readonly state: Dehydrated
  /** Queries that were still live when the page was rendered. */
  readonly live: number
}

/** One binding, as the conformance suite sees it. */
export interface BindingFixture {
  mount(scene: Scene): MountedScene
  /** Takes over `html`, which a server rendered. */
  hydrate(html: string, scene: Scene): MountedScene
  /** Renders requests at the same time in one process without a DOM; see `servePage`. */
  render(requests: readonly ServerRequest[]): Promise<ServerPage[]>
}

/** In-memory stores, from @livefold/memory. */
export interface MemoryStores {
  memoryAdapter(options?: { readonly sync?: SyncTransport }): Adapter
  memoryBackend(): SyncTransport
  createStore(options: {
    schema: AnySchema
    storeId: string
    adapter: Adapter
    auth?: () => string | null
  }): Promise<Store>
}
