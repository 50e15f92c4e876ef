import { StoreError } from '../base/errors.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { Dehydrated } from './dehydrate.ts'
import { openingOf, type StoreOpening } from './opening.ts'
import type { StoreOf } from './store.ts'

/** What a provider is given: a store, or one that is being opened. */
export type StoreInput<S extends AnySchema = AnySchema> = StoreOf<S> | Promise<StoreOf<S>>

/** What a provider hands down to the views below it. */
export interface StoreContext<S extends AnySchema = AnySchema> {
  /** How far the store is that was given last. Reading it reads what `given` reads, so that a reactive reader depends on it. */
  opening(): StoreOpening<S>
  /**
   * The store that was given last, whichever that is when it is used: views may keep it. Using it throws what `StoreOpening.store` throws.
   */
  readonly store: StoreOf<S>
}

/**
 * @param given the store; another one later when it reads reactive values
 * @param options.hydrate what a server's `dehydrate` gave; for the first store
 */
export function storeContext<S extends AnySchema>(
  given: () => StoreInput<S>,
  options: { readonly hydrate?: Dehydrated | undefined } = {},
): StoreContext<S> {
  let last: { readonly input: StoreInput<S>; readonly opening: StoreOpening<S> } | null = null
  function opening(): StoreOpening<S> {
    const input = given()
    if (last?.input !== input) last = { input, opening: openingOf<S>(input, last ? {} : options) }
    return last.opening
  }
  return { opening, store: handleOf(opening) }
}

/** @throws StoreError `store/missing` when `context` is none. */
export function providedContext<S extends AnySchema>(context: StoreContext<S> | null | undefined): StoreContext<S> {
  if (context) return context
  throw new StoreError(
    'store/missing',
    'No store was provided here: call this below the provider, while a component is set up, or pass the option `store`.',
  )
}

/** Stands for the current store. Methods run on the store itself, which has private members. */
function handleOf<S extends AnySchema>(opening: () => StoreOpening<S>): StoreOf<S> {
  // What a framework puts on the handle, as Vue's mark for "leave this alone", stays on the target.
  return new Proxy(Object.create(null), {
    get(target, name) {
      // Symbols and `then` are asked for by inspectors and by `await`: no use of the store.
      if (typeof name === 'symbol' || name === 'then' || name in target) return target[name]
      const { store } = opening()
      const member = store[name as keyof typeof store] as unknown
      return typeof member === 'function' ? member.bind(store) : member
    },
  })
}
