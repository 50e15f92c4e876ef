import {
  type AnySchema,
  type Dehydrated,
  type Nothing,
  type Observed,
  type OpeningState,
  openingView,
  providedContext,
  type QueryObserver,
  type RowIn,
  type StatusValues,
  type StoreContext,
  type StoreInput,
  type StoreOf,
  type StoreOpening,
  type StoreView,
  statusView,
  storeContext,
} from '@livefold/core'
import {
  type Accessor,
  batch,
  createComponent,
  createComputed,
  createContext,
  createMemo,
  createResource,
  createSignal,
  type JSX,
  onCleanup,
  onMount,
  untrack,
  useContext,
} from 'solid-js'
import { isServer } from 'solid-js/web'
import { RowStore } from './row-store.ts'

export interface StoreProviderProps<S extends AnySchema = AnySchema> {
  /** The store, or a promise of it: the nearest `<Suspense>` waits, the nearest `<ErrorBoundary>` hears when it cannot be opened. */
  readonly store: StoreInput<S>
  /** What a server's `dehydrate` gave. */
  readonly hydrate?: Dehydrated | undefined
  readonly children?: JSX.Element
}

export interface HookOptions<S extends AnySchema = AnySchema> {
  /** Instead of the provided store. */
  readonly store?: StoreOf<S> | undefined
}

/** The component and primitives by which an app reaches one store. */
export interface StoreHooks<S extends AnySchema = AnySchema> {
  /**
   * Provides a store to what is below. Shows nothing before the store is there; when `store` is replaced, all reads move over.
   *
   * @example
   * <Suspense fallback="Opening …"><StoreProvider store={opening}><App /></StoreProvider></Suspense>
   */
  StoreProvider(props: StoreProviderProps<S>): JSX.Element
  /** The provided store. @throws StoreError `store/missing` without a provider */
  useStore(): StoreOf<S>
  /** How far the provided store is: `loading`, `ready` or `error`. */
  useOpening(): Accessor<OpeningState<S>>
  /**
   * A live query. Rows that did not change are the same objects, as `<For>` wants them. A function is read reactively: it may give another
   * query, or nothing for now. Errors go to the nearest `<ErrorBoundary>`.
   *
   * @example
   * const open = useQuery(() => filter() && todos.where({ done: false }))
   */
  useQuery<Q extends object | Nothing>(query: Q | (() => Q), options?: HookOptions<S>): Accessor<Observed<Q>>
  /**
   * A live list as a Solid store: an updated row is written where it changed, so that only the readers of that column run.
   *
   * @example
   * const rows = useQueryStore(() => todos.orderBy('createdAt'))
   * // <For each={rows}>{(todo) => <li>{todo.title}</li>}</For>
   */
  useQueryStore<Q extends object | Nothing>(
    query: Q | (() => Q),
    options?: HookOptions<S>,
  ): readonly RowIn<Observed<Q>>[]
  /**
   * A part of the store's status.
   *
   * @example
   * const connection = useStatus((status) => status.connection)
   */
  useStatus<T>(select: (status: StatusValues) => T, options?: HookOptions<S>): Accessor<T>
}

/**
 * Provider and primitives of a store of their own: its schema is known to the types, and several stores can be provided in one app.
 *
 * @example
 * export const { StoreProvider, useStore, useQuery } = createStoreContext<typeof schema>()
 */
export function createStoreContext<S extends AnySchema = AnySchema>(): StoreHooks<S> {
  const Provided = createContext<StoreContext<S>>()
  const provided = () => providedContext(useContext(Provided))
  const contextOf = ({ store }: HookOptions<S> = {}) => (store ? storeContext<S>(() => store) : provided())

  function observed<Q>(query: Q | (() => Q), options?: HookOptions<S>) {
    const { opening } = contextOf(options)
    const wanted = typeof query === 'function' ? (query as () => Q) : () => query
    const observer = opening().observe<Q | undefined>(undefined, { together: batched })
    onMount(() => observer.stand())
    return { observer: observer as QueryObserver<Q>, look: () => observer.look(wanted(), opening()) }
  }

  return {
    StoreProvider(props) {
      const context = storeContext<S>(() => props.store, { hydrate: props.hydrate })
      const [opened] = createResource(context.opening, ({ wait }) => wait?.then(() => true) ?? true)
      const state = openingIn(context)
      // The resource is read only where there is something to wait for: reading it is what suspends.
      const shown = createMemo(() =>
        state().state === 'loading' && context.opening().wait ? opened() : raised(state()),
      )
      return createComponent(Provided.Provider, {
        value: context,
        get children() {
          return createMemo(() => shown() && untrack(() => props.children)) as unknown as JSX.Element
        },
      })
    },
    useStore: () => provided().store,
    useOpening: () => openingIn(provided()),
    useQuery<Q>(query: Q | (() => Q), options?: HookOptions<S>) {
      const { observer, look } = observed(query, options)
      const news = listened((listener) => observer.subscribe(listener))
      return createMemo(() => {
        news()
        look()
        return observer.current
      })
    },
    useQueryStore<Q>(query: Q | (() => Q), options?: HookOptions<S>) {
      type R = RowIn<Observed<Q>> & object
      const { observer, look } = observed(query, options)
      const store = new RowStore<R>()
      let held: unknown
      const news = listened((restart) =>
        observer.subscribe(() => {
          const { delta } = observer
          if (!delta) return restart()
          held = observer.current
          store.apply(delta as never)
        }),
      )
      createComputed(() => {
        news()
        look()
        const rows = observer.current as readonly R[] | undefined
        if (rows === held) return
        held = rows
        store.replace(rows ?? [])
      })
      return store.rows
    },
    useStatus(select, options) {
      const { opening } = contextOf(options)
      return shownOf(statusView(opening(), select), opening)
    },
  }
}

/** Updates of Solid run inside of the commit that made the news: what they throw belongs to the app, and not to whoever committed. */
function batched(run: () => void): void {
  try {
    batch(run)
  } catch (error) {
    void Promise.reject(error)
  }
}

function openingIn<S extends AnySchema>({ opening }: StoreContext<S>): Accessor<OpeningState<S>> {
  return shownOf(openingView(opening()), opening)
}

function shownOf<T, S extends AnySchema>(view: StoreView<T, S>, opening: () => StoreOpening<S>): Accessor<T> {
  const news = listened((listener) => view.subscribe(listener))
  return createMemo(() => {
    news()
    view.look(opening())
    return view.current
  })
}

/** A signal that changes whenever the source calls; it listens until the owner is disposed of, and never on a server. */
function listened(listen: (listener: () => void) => () => void): Accessor<void> {
  const [news, tell] = createSignal(undefined, { equals: false })
  if (!isServer) onCleanup(listen(tell))
  return news
}

/** True, or the error of a store that could not be opened. */
function raised({ error }: OpeningState): true {
  if (error) throw error
  return true
}
