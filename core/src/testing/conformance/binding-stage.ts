import type { StoreErrorCode } from '../../base/errors.ts'
import { StoreError } from '../../base/errors.ts'
import type { AnySchema } from '../../schema/schema.ts'
import { inspect } from '../../store/inspect.ts'
import type { Store } from '../../store/store.ts'
import { todoEvents, todoSchema } from '../todo-schema.ts'
import {
  type BindingFixture,
  type MemoryStores,
  type MountedScene,
  type Scene,
  type SceneElement,
  SceneLog,
} from './binding-scene.ts'

/** How often `until` looks, 5 ms apart, before it gives up. */
const PATIENCE = 1_000

/** Stores and scenes of one scenario, and the end of them all. */
export class Stage {
  readonly fixture: BindingFixture
  readonly #memory: MemoryStores
  readonly #stores: Store[] = []
  readonly #shown: Shown[] = []

  constructor(fixture: BindingFixture, memory: MemoryStores) {
    this.fixture = fixture
    this.#memory = memory
  }

  /** A store on its own with one todo for each title. */
  async open(...titles: readonly string[]): Promise<Store> {
    const store = await this.#open(this.#memory.memoryAdapter())
    put(store, ...titles)
    await store.settled()
    return store
  }

  /** Stores of several clients of one backend. */
  async clients(count: number): Promise<Store[]> {
    const sync = this.#memory.memoryBackend()
    return Promise.all(Array.from({ length: count }, () => this.#open(this.#memory.memoryAdapter({ sync }))))
  }

  show(scene: Omit<Scene, 'log'>): Shown {
    return this.#kept(new Shown({ ...scene, log: new SceneLog() }, (whole) => this.fixture.mount(whole)))
  }

  /** Takes over a page; resolves when the view stands. */
  async hydrate(html: string, scene: Omit<Scene, 'log'>): Promise<Shown> {
    const shown = this.#kept(new Shown({ ...scene, log: new SceneLog() }, (whole) => this.fixture.hydrate(html, whole)))
    await shown.flush()
    return shown
  }

  async close(): Promise<void> {
    for (const shown of this.#shown) shown.unmount()
    await Promise.all(this.#stores.map((store) => store.close()))
  }

  async #open(adapter: ReturnType<MemoryStores['memoryAdapter']>): Promise<Store> {
    const schema: AnySchema = todoSchema
    const store = await this.#memory.createStore({ schema, storeId: 'stage', adapter })
    this.#stores.push(store)
    return store
  }

  #kept(shown: Shown): Shown {
    this.#shown.push(shown)
    return shown
  }
}

/** A scene in the page, with what scenarios ask of it. */
export class Shown {
  readonly log: SceneLog
  readonly #mounted: MountedScene
  #unmounted = false

  constructor(scene: Scene, mount: (scene: Scene) => MountedScene) {
    this.log = scene.log
    this.#mounted = mount(scene)
  }

  get warnings(): readonly string[] {
    return this.#mounted.warnings
  }

  get served(): readonly SceneElement[] {
    return this.#mounted.served
  }

  /** The rows' elements, in order. */
  get items(): SceneElement[] {
    return [...this.#mounted.root.querySelectorAll('li')]
  }

  /** The rows' texts, in order. */
  get rows(): (string | null)[] {
    return this.items.map((item) => item.textContent)
  }

  /** Texts of all elements that `selector` finds. */
  texts(selector: string): (string | null)[] {
    return [...this.#mounted.root.querySelectorAll(selector)].map((element) => element.textContent)
  }

  /** `loading`, `error`, `nothing`, … as far as they are in the page. */
  get kinds(): (string | null)[] {
    return [...this.#mounted.root.querySelectorAll('p[data-kind]')].map((element) => element.getAttribute('data-kind'))
  }

  async set(change: Partial<Scene>): Promise<void> {
    this.#mounted.set(change)
    await this.flush()
  }

  flush(): Promise<void> {
    return this.#mounted.flush()
  }

  async click(selector: string): Promise<void> {
    for (const element of this.#mounted.root.querySelectorAll(selector)) this.#mounted.click(element)
    await this.flush()
  }

  /** Resolves when `fact` holds. */
  async until(fact: () => boolean): Promise<void> {
    for (let turn = 0; !fact(); turn++) {
      if (turn === PATIENCE)
        throw new Error(`It never came to: ${fact}. The page shows: ${this.#mounted.root.textContent}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
      if (!this.#unmounted) await this.flush()
    }
  }

  unmount(): void {
    if (this.#unmounted) return
    this.#unmounted = true
    this.#mounted.unmount()
  }
}

/** Commits a todo for each title, its id being the title. */
export function put(store: Store, ...titles: readonly string[]): void {
  if (titles.length === 0) return
  store.commit(...titles.map((title) => todoEvents.todoPut({ id: title, title, rank: null })))
}

export function rename(store: Store, id: string, title: string): void {
  store.commit(todoEvents.todoPut({ id, title, rank: null }))
}

/** How many queries of a store are live. */
export function live(store: Store): number {
  return inspect(store).filter((query) => query.observed).length
}

/** The code of the StoreError that `run` throws. */
export function codeOf(run: () => unknown): StoreErrorCode | null {
  try {
    run()
    return null
  } catch (thrown) {
    if (thrown instanceof StoreError) return thrown.code
    throw thrown
  }
}
