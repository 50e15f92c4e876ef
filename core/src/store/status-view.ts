import { computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals-core'
import { sameValue } from '../query/structural-sharing.ts'
import type { StoreOpening } from './opening.ts'
import { StatusSignals, type StoreStatus } from './status.ts'

/** A store's status as values. */
export type StatusValues = {
  readonly [Name in keyof StoreStatus]: StoreStatus[Name] extends ReadonlySignal<infer Value> ? Value : never
}

/** What a store shows that is not there yet. */
const starting = new StatusSignals()

/**
 * A part of a store's status, for views: its current value, and a subscription that moves along when the store is replaced.
 *
 * @example
 * const pending = new StatusView(opening, (status) => status.pending)
 */
export class StatusView<T> {
  readonly #opening
  readonly #selected: ReadonlySignal<T>
  /** Whoever calls `look` knows of the value that comes of it. */
  #looking = false

  /** `select` must be pure; it is asked again when a member that it read has changed. */
  constructor(opening: StoreOpening, select: (status: StatusValues) => T) {
    const current = signal(opening)
    this.#opening = current
    this.#selected = computed(() => select(valuesOf(current.value.signal.value.store?.status ?? starting)))
  }

  get current(): T {
    return this.#selected.peek()
  }

  /** Follows another store from now on. `current` is its value at once; listeners are not called for it. */
  look(opening: StoreOpening): void {
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
      const value = this.#selected.value
      const news = told !== null && !this.#looking && !sameValue(told.value, value)
      told = { value }
      if (news) untracked(listener)
    })
  }
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
