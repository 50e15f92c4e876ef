import { effect, type ReadonlySignal, signal, untracked } from '@preact/signals-core'
import { messageOf, StoreError } from '../base/errors.ts'
import { type ObserverHost, QueryObserver, type QuerySource } from '../query/observer.ts'
import type { AnySchema } from '../schema/schema.ts'
import { type Dehydrated, type Hydration, hydrate } from './dehydrate.ts'
import { statusWhileOpening } from './opening-status.ts'
import { StatusSignals, type StoreStatus } from './status.ts'
import type { StoreOf } from './store.ts'

/** How far the opening of a store has come. */
export type OpeningState<S extends AnySchema = AnySchema> =
  | { readonly state: 'loading'; readonly store: null; readonly error: null }
  | { readonly state: 'ready'; readonly store: StoreOf<S>; readonly error: null }
  | { readonly state: 'error'; readonly store: null; readonly error: StoreError }

/** Of a promise that `createStore` has not made. */
const unknown = new StatusSignals()
const loading: OpeningState = { state: 'loading', store: null, error: null }

/** A store on its way into views: what a provider hands down. Made by `openingOf`. */
export class StoreOpening<S extends AnySchema = AnySchema> implements QuerySource {
  /** Rejects when the store cannot be opened; nobody has to listen. */
  readonly ready: Promise<StoreOf<S>>
  readonly #state = signal<OpeningState>(loading)
  readonly #before: StoreStatus
  #hydration: Hydration | null

  /** @internal */
  constructor(store: StoreOf<S> | Promise<StoreOf<S>>, hydration: Hydration | null) {
    this.#hydration = hydration
    this.ready = Promise.resolve(store)
    this.#before = (isPromise(store) && statusWhileOpening(store)) || unknown
    if (!isPromise(store)) this.#state.value = { state: 'ready', store, error: null }
    else {
      this.ready.then(
        (opened) => {
          this.#state.value = { state: 'ready', store: opened, error: null }
        },
        (thrown) => {
          this.#state.value = { state: 'error', store: null, error: asStoreError(thrown) }
        },
      )
    }
  }

  get current(): OpeningState<S> {
    return this.#state.peek() as OpeningState<S>
  }

  get signal(): ReadonlySignal<OpeningState<S>> {
    return this.#state as ReadonlySignal<OpeningState<S>>
  }

  /** The store. @throws why it could not be opened; StoreError `store/opening` while it opens. */
  get store(): StoreOf<S> {
    const { store, error } = this.current
    if (store) return store
    throw (
      error ??
      new StoreError('store/opening', 'The store is still opening: wait for it before you show what uses it.', {
        retry: 'backoff',
      })
    )
  }

  /** Of the store, also while it opens: what that waits for, how far a rebuild is. Depends on the signal of this opening. */
  get status(): StoreStatus {
    return this.#state.value.store?.status ?? this.#before
  }

  /** What to wait for before anything is shown; null once the store, or values of a server, or an error is there. */
  get wait(): Promise<StoreOf<S>> | null {
    return this.current.state === 'loading' && !this.#hydration ? this.ready : null
  }

  get host(): ObserverHost | null {
    return this.current.store?.queries ?? null
  }

  get error(): StoreError | null {
    return this.current.error
  }

  seed(query: unknown): { readonly value: unknown } | null {
    return this.#hydration?.seed(query) ?? null
  }

  outgrow(): void {
    this.#hydration = null
  }

  opened(listener: () => void): () => void {
    return this.subscribe(listener)
  }

  /** Calls `listener` when `current` changes: once at most. */
  subscribe(listener: () => void): () => void {
    let first = true
    return effect(() => {
      void this.#state.value
      if (!first) untracked(listener)
      first = false
    })
  }

  /** Follows a query of the store, from before it is there. */
  observe<Q>(query: Q, options?: { together?: (run: () => void) => void }): QueryObserver<Q> {
    return new QueryObserver(this, query, options)
  }
}

const known = new WeakMap<object, StoreOpening>()

/**
 * What a provider does with the store, or the promise of one, that it is given. The same for the same store, so that all who are given
 * it agree on how far it is.
 *
 * @param options.hydrate what a server's `dehydrate` gave
 */
export function openingOf<S extends AnySchema>(
  store: StoreOf<S> | Promise<StoreOf<S>>,
  options: { readonly hydrate?: Dehydrated | undefined } = {},
): StoreOpening<S> {
  if (options.hydrate) return new StoreOpening(store, hydrate(options.hydrate))
  let opening = known.get(store)
  if (!opening) {
    opening = new StoreOpening(store, null) as unknown as StoreOpening
    known.set(store, opening)
  }
  return opening as unknown as StoreOpening<S>
}

function isPromise<T extends object>(value: T | Promise<T>): value is Promise<T> {
  return 'then' in value
}

function asStoreError(thrown: unknown): StoreError {
  if (thrown instanceof StoreError) return thrown
  return new StoreError('storage/io', `The store could not be opened: ${messageOf(thrown)}`, { cause: thrown })
}
