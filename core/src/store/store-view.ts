import { computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals-core'
import { sameValue } from '../query/same-value.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { OpeningState, StoreOpening } from './opening.ts'
import type { StoreStatus } from './status.ts'

/** A store's status as values. */
export type StatusValues = {
  readonly [Name in keyof StoreStatus]: StoreStatus[Name] extends ReadonlySignal<infer Value> ? Value : never
}

/** Something that views show of a store itself: its current value, and a subscription that moves along when the store is replaced. */
export class StoreView<T, S extends AnySchema = AnySchema> {
  readonly #opening
  readonly #value: ReadonlySignal<T>
  /** Whoever calls `look` knows of the value that comes of it. */
  #looking = false

  /** @internal `read` depends on signals. */
  constructor(opening: StoreOpening<S>, read: (opening: StoreOpening<S>) => T) {
    const current = signal(opening)
    this.#opening = current
    this.#value = computed(() => read(current.value))
  }

  get current(): T {
    return this.#value.peek()
  }

  /** Follows another store from now on. `current` is its value at once; listeners are not called for it. */
  look(opening: StoreOpening<S>): void {
    this.#looking = true
    try {
      this.#opening.value = opening
    } finally {
      this.#looking = false
    }
  }

  /** Calls `listener` after each change of `current`. */
  subscribe(listener: () => void): () => void {
    let told: { readonly value: T } | null = null
    return effect(() => {
      const value = this.#value.value
      const news = told !== null && !this.#looking && !sameValue(told.value, value)
      told = { value }
      if (news) untracked(listener)
    })
  }
}

/**
 * A part of a store's status. `select` must be pure; it is asked again when a member that it read has changed.
 *
 * @example
 * const pending = statusView(opening, (status) => status.pending)
 */
export function statusView<T, S extends AnySchema = AnySchema>(
  opening: StoreOpening<S>,
  select: (status: StatusValues) => T,
): StoreView<T, S> {
  return new StoreView(opening, (now) => select(valuesOf(now.status)))
}

/** How far a store is. */
export function openingView<S extends AnySchema>(opening: StoreOpening<S>): StoreView<OpeningState<S>, S> {
  return new StoreView(opening, (now) => now.signal.value)
}

const views = new WeakMap<StoreStatus, StatusValues>()

/** Members read their signal when they are read, so that whoever selects depends on those alone. */
function valuesOf(status: StoreStatus): StatusValues {
  let view = views.get(status)
  if (!view) {
    const names = Object.keys(status) as (keyof StoreStatus)[]
    const members = names.map((name) => [name, { enumerable: true, get: () => status[name].value }] as const)
    view = Object.create(null, Object.fromEntries(members)) as StatusValues
    views.set(status, view)
  }
  return view
}
