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
import { getContext, setContext } from 'svelte'
import { type Live, live } from './live.ts'

/** How the opening of a store goes, for the component that provides it. */
export interface Opening<S extends AnySchema = AnySchema> {
  /** `loading`, `ready` or `error`; reactive like the `.current` of a query. */
  readonly current: OpeningState<S>
  /**
   * For `{#await opening.ready}`: a promise of the store while it opens, the store itself as soon as views can be shown, so that a server
   * renders the `then` part.
   */
  readonly ready: StoreOf<S> | Promise<StoreOf<S>>
}

export interface HookOptions<S extends AnySchema = AnySchema> {
  /** Instead of the provided store. */
  readonly store?: StoreOf<S> | undefined
}

/** The functions by which components reach one store. Call them while a component is set up. */
export interface StoreHooks<S extends AnySchema = AnySchema> {
  /**
   * Provides a store to the components below. A function is read reactively: another store takes the place of the one before.
   *
   * @param options.hydrate what a server's `dehydrate` gave, for the first store
   *
   * @example
   * const opening = provideStore(createStore({ schema, storeId: 'todos', adapter }))
   */
  provideStore(
    store: StoreInput<S> | (() => StoreInput<S>),
    options?: { readonly hydrate?: Dehydrated | (() => Dehydrated | undefined) | undefined },
  ): Opening<S>
  /** The provided store. @throws StoreError `store/missing` without a provider; `store/opening` when it is used too early */
  useStore(): StoreOf<S>
  /** How far the provided store is. */
  useOpening(): Opening<S>
  /**
   * A live query. A function is read reactively: it may give another query, or nothing for now.
   *
   * @example
   * const open = useQuery(() => filter && todos.where({ done: false }))
   * // {#each open.current ?? [] as todo (todo.id)} … or $open
   */
  useQuery<Q extends object | Nothing>(query: Q | (() => Q), options?: HookOptions<S>): Live<Observed<Q>>
  /**
   * A part of the store's status.
   *
   * @example
   * const connection = useStatus((status) => status.connection)
   */
  useStatus<T>(select: (status: StatusValues) => T, options?: HookOptions<S>): Live<T>
}

/**
 * Hooks of a store of their own: its schema is known to the types, and several stores can be provided in one app.
 *
 * @example
 * export const { provideStore, useStore, useQuery, useStatus } = createStoreContext<typeof schema>()
 */
export function createStoreContext<S extends AnySchema = AnySchema>(): StoreHooks<S> {
  const key = Symbol('livefold store')
  const provided = () => providedContext<S>(getContext<StoreContext<S> | undefined>(key))
  const contextOf = ({ store }: HookOptions<S> = {}) => (store ? storeContext<S>(() => store) : provided())
  return {
    provideStore(store, { hydrate } = {}) {
      const context = storeContext(typeof store === 'function' ? store : () => store, {
        hydrate: typeof hydrate === 'function' ? hydrate() : hydrate,
      })
      return openingIn(setContext(key, context))
    },
    useStore: () => provided().store,
    useOpening: () => openingIn(provided()),
    useQuery<Q>(query: Q | (() => Q), options?: HookOptions<S>) {
      const { opening } = contextOf(options)
      const wanted = typeof query === 'function' ? (query as () => Q) : () => query
      const observer = opening().observe<Q | undefined>(undefined)
      return live(
        observer,
        () => observer.look(wanted(), opening()),
        () => observer.stand(),
      ) as Live<Observed<Q>>
    },
    useStatus(select, options) {
      const { opening } = contextOf(options)
      const view = statusView(opening(), select)
      return live(view, () => view.look(opening()))
    },
  }
}

function openingIn<S extends AnySchema>({ opening, store }: StoreContext<S>): Opening<S> {
  const view = openingView(opening())
  const state = live(view, () => view.look(opening()))
  return {
    get current() {
      return state.current
    },
    get ready() {
      return opening().wait ?? store
    },
  }
}
