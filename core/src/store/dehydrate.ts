import { Hash } from '../base/hash.ts'
import type { Json } from '../base/json.ts'
import { type Get, isComputed } from '../sql/definition.ts'
import { planOf } from '../sql/plan.ts'
import { fromPlain, toPlain } from './plain-value.ts'
import type { Store } from './store.ts'

/** Results of queries as plain JSON, from a server to the page that it rendered. */
export interface Dehydrated {
  readonly version: 1
  /** By a hash of the query. */
  readonly results: Readonly<Record<string, Json>>
}

/** What a server found, for a page whose own store is not there yet. */
export interface Hydration {
  /** Null when the server sent no value of this query, or of one that this computed reads. */
  seed(query: unknown): { readonly value: unknown } | null
}

/**
 * The results of `queries` (of a `computed`: of the queries that it reads), to be sent with the page that was rendered from `store`. One
 * store per request: what another user may see must not get in here.
 *
 * @example
 * const state = dehydrate(store, [todos.where({ done: false }), title])
 * const script = JSON.stringify(state).replaceAll('<', '\\u003c')
 */
export function dehydrate(store: Store, queries: readonly unknown[]): Dehydrated {
  const results: Record<string, Json> = {}
  const take: Get = (query) => {
    if (isComputed(query)) return query.evaluate(take) as never
    const value = store.query(query)
    results[keyOf(query)] = toPlain(value)
    return value
  }
  for (const query of queries) take(query)
  return { version: 1, results }
}

/** Reads what `dehydrate` gave. The provider of a binding takes it; values from it are shown until the store's own first result. */
export function hydrate(state: Dehydrated): Hydration {
  const values = new Map<string, unknown>()
  const seedOf: Get = (query) => {
    if (isComputed(query)) return query.evaluate(seedOf) as never
    const key = keyOf(query)
    const plain = state.results[key]
    if (plain === undefined) throw absent
    // One object for all readers, as the store itself would give.
    if (!values.has(key)) values.set(key, fromPlain(plain))
    return values.get(key) as never
  }
  return {
    seed(query) {
      try {
        return { value: seedOf(query) }
      } catch (thrown) {
        if (thrown === absent) return null
        throw thrown
      }
    },
  }
}

/** Thrown through a computed whose queries were not sent. */
const absent = Symbol('absent')

function keyOf(query: unknown): string {
  return new Hash().add(planOf(query).key).digest()
}
