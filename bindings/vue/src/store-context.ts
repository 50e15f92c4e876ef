import {
  type AnySchema,
  type Dehydrated,
  type Nothing,
  type Observed,
  type OpeningState,
  openingView,
  providedContext,
  type StatusValues,
  type StoreContext,
  type StoreInput,
  type StoreOf,
  statusView,
  storeContext,
} from '@livefold/core'
import {
  hasInjectionContext,
  type InjectionKey,
  inject,
  type MaybeRefOrGetter,
  markRaw,
  type Plugin,
  provide,
  toValue,
} from 'vue'
import { type LiveRef, liveRefs, whenShown } from './live-ref.ts'

/** A live query: a ref, and a promise of one for `await useQuery(…)` under `<Suspense>` while the store opens. */
export type QueryRef<T> = LiveRef<T> & PromiseLike<LiveRef<T>>

export interface ProvideOptions {
  /** What a server's `dehydrate` gave. */
  readonly hydrate?: Dehydrated | undefined
}

export interface HookOptions<S extends AnySchema = AnySchema> {
  /** Instead of the provided store. */
  readonly store?: StoreOf<S> | undefined
}

/** The composables by which components reach one store. */
export interface StoreHooks<S extends AnySchema = AnySchema> {
  /**
   * A plugin that provides a store to the whole app. A ref or getter may give another store later.
   *
   * @example
   * createApp(App).use(livefold(createStore({ schema, storeId: 'todos', adapter }))).mount('#app')
   */
  livefold(store: MaybeRefOrGetter<StoreInput<S>>, options?: ProvideOptions): Plugin
  /** Provides a store to the components below the one that is set up. */
  provideStore(store: MaybeRefOrGetter<StoreInput<S>>, options?: ProvideOptions): void
  /** The provided store. @throws StoreError `store/missing` without a provider; `store/opening` when it is used too early */
  useStore(): StoreOf<S>
  /** How far the provided store is: `loading`, `ready` or `error`. */
  useOpening(): LiveRef<OpeningState<S>>
  /**
   * A live query, until the effect scope ends. A ref or getter may give another query, or nothing for now. Reading `.value` throws what
   * the query throws.
   *
   * @example
   * const open = useQuery(() => filter.value && todos.where({ done: false }))
   * const all = await useQuery(todos) // suspends while the store opens
   */
  useQuery<Q extends object | Nothing>(query: MaybeRefOrGetter<Q>, options?: HookOptions<S>): QueryRef<Observed<Q>>
  /**
   * A part of the store's status.
   *
   * @example
   * const connection = useStatus((status) => status.connection)
   */
  useStatus<T>(select: (status: StatusValues) => T, options?: HookOptions<S>): LiveRef<T>
}

/**
 * Composables of a store of their own: its schema is known to the types, and several stores can be provided in one app.
 *
 * @example
 * export const { livefold, useStore, useQuery, useStatus } = createStoreContext<typeof schema>()
 */
export function createStoreContext<S extends AnySchema = AnySchema>(): StoreHooks<S> {
  const key: InjectionKey<StoreContext<S>> = Symbol('livefold store')
  const contextFor = (store: MaybeRefOrGetter<StoreInput<S>>, options?: ProvideOptions) => {
    const context = storeContext<S>(() => toValue(store), options)
    markRaw(context.store)
    return context
  }
  const provided = () => providedContext(hasInjectionContext() ? inject(key, null) : null)
  const contextOf = ({ store }: HookOptions<S> = {}) => (store ? storeContext<S>(() => store) : provided())
  return {
    livefold: (store, options) => ({ install: (app) => void app.provide(key, contextFor(store, options)) }),
    provideStore: (store, options) => provide(key, contextFor(store, options)),
    useStore: () => provided().store,
    useOpening() {
      const { opening } = provided()
      const view = openingView(opening())
      return liveRefs(view, () => view.look(opening()))()
    },
    useQuery<Q>(query: MaybeRefOrGetter<Q>, options?: HookOptions<S>) {
      const { opening } = contextOf(options)
      const observer = opening().observe<Q>(toValue(query))
      const refs = liveRefs(observer, () => observer.look(toValue(query), opening()))
      whenShown(() => observer.stand())
      // What is awaited must not be awaitable itself.
      const plain = refs()
      const promised = () => (observer.ready ? Promise.resolve() : opening().ready).then(() => plain)
      // biome-ignore lint/suspicious/noThenProperty: `await useQuery(…)` is how Suspense waits
      return Object.assign(refs(), { then: (done, failed) => promised().then(done, failed) } satisfies PromiseLike<
        LiveRef<Observed<Q>>
      >)
    },
    useStatus(select, options) {
      const { opening } = contextOf(options)
      const view = statusView(opening(), select)
      return liveRefs(view, () => view.look(opening()))()
    },
  }
}
