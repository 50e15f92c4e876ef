import { type Signal, signal } from '@preact/signals-core'
import { DEVELOPMENT } from '../base/development.ts'
import { StoreError } from '../base/errors.ts'
import { anyRow, nobodyWatches } from '../replica/row-changes.ts'
import { type ComputedDefinition, isComputed } from '../sql/definition.ts'
import { planOf, type QueryPlan } from '../sql/plan.ts'
import { runPlan } from '../sql/run-plan.ts'
import type { ComputedNodes, ComputedQuery } from './computed-query.ts'
import type { DispatchIndex } from './dispatch-index.ts'
import type { FirstRead } from './first-reads.ts'
import { freezeResult } from './freeze-result.ts'
import { LiveQuery } from './live-query.ts'
import { circle, type News } from './news.ts'
import { PlainCache } from './plain-cache.ts'
import type { QueryHost } from './query-host.ts'
import type { CacheLimits, LiveQueryCache, QueryContext, QueryNode, QueryParts } from './query-node.ts'

/** Finds and keeps the nodes of one engine, and tells them what changed. */
export class QueryGraph implements QueryContext {
  readonly news: News
  readonly now: (() => number) | null
  readonly parts: () => QueryParts | null
  changes = 0
  cache: LiveQueryCache
  host: QueryHost
  index: DispatchIndex | null = null
  closed = false
  readonly #onChange: (outdated: readonly LiveQuery[]) => void
  readonly #limits: CacheLimits
  /** Queries are found by the key of their plan, which definitions keep: an entry for each costs more than it saves. */
  readonly #computeds = new WeakMap<object, ComputedQuery>()
  #depth = 0
  /** Made when the first cyclic computed fails; see `retryOnChange`. */
  #retry: Signal<number> | null = null

  /** `onChange` gets the queries that a change has outdated; it is to call `announce` with them. */
  constructor(
    host: QueryHost,
    options: {
      limits: CacheLimits
      news: News
      now: (() => number) | null
      parts: () => QueryParts | null
      onChange: (outdated: readonly LiveQuery[]) => void
    },
  ) {
    this.news = options.news
    this.now = options.now
    this.parts = options.parts
    this.#onChange = options.onChange
    this.#limits = options.limits
    this.cache = new PlainCache(options.limits)
    this.host = host
    this.#attach(host)
  }

  get evaluating(): boolean {
    return this.#depth > 0
  }

  enter(): void {
    this.#depth++
  }

  leave(): void {
    this.#depth--
  }

  node(definition: unknown): QueryNode {
    this.#refuseClosed()
    return isComputed(definition) ? this.#computed(definition) : this.liveQuery(planOf(definition))
  }

  liveQuery(plan: QueryPlan): LiveQuery {
    this.#refuseClosed()
    const cache = this.#bestCache()
    return cache.find(plan) ?? this.#make(plan, cache.firsts?.take(plan))
  }

  /** The fresh value of a definition, without a dependency. A single row or a short list gets a live query when it is read for the second time. */
  read(definition: unknown): unknown {
    this.#refuseClosed()
    if (isComputed(definition)) return this.#computed(definition).peek()
    const plan = planOf(definition)
    const cache = this.#bestCache()
    const known = cache.find(plan)
    if (known) return known.peek()
    const { firsts } = cache
    const first = firsts?.take(plan)
    if (first || !firsts?.takes(plan)) return this.#make(plan, first).peek()
    const { changes } = this
    const value = runPlan(this.host.driver, plan, this.host.queryAccess)
    if (DEVELOPMENT && this.now) freezeResult(value)
    firsts.keep(plan, value, changes)
    return value
  }

  liveQueries(): LiveQuery[] {
    return this.cache.all()
  }

  retryOnChange(): void {
    this.#retry ??= signal(0)
    void this.#retry.value
  }

  /**
   * Tells the readers of outdated queries, who read them again. To be called inside a batch of signals.
   *
   * @throws Error when readers have answered each other's changes a hundred times in one round
   */
  announce(outdated: readonly LiveQuery[]): void {
    try {
      for (const query of outdated) query.announce()
      if (this.#retry) this.#retry.value = this.#retry.peek() + 1
    } catch (cause) {
      throw circle('listeners or effects', cause)
    }
  }

  /** Moves over to another host; all queries are outdated. */
  rebind(host: QueryHost): void {
    this.#refuseClosed()
    detach(this.host)
    this.host = host
    this.#attach(host)
    this.#outdateAll()
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    detach(this.host)
    this.cache.clear()
  }

  /** The fast one as soon as its code is there. */
  #bestCache(): LiveQueryCache {
    const parts = this.cache.firsts ? null : this.parts()
    if (parts) this.cache = new parts.QueryCache(this.#limits, this.cache.all())
    return this.cache
  }

  #make(plan: QueryPlan, first: FirstRead | null | undefined): LiveQuery {
    const query = new LiveQuery(plan, this)
    if (first) query.resume(first)
    this.cache.add(query)
    return query
  }

  #computed(definition: ComputedDefinition<unknown>): ComputedQuery {
    const known = this.#computeds.get(definition)
    if (known) return known
    const made = (definition as typeof definition & ComputedNodes).node(this)
    this.#computeds.set(definition, made)
    return made
  }

  #attach(host: QueryHost): void {
    this.index = this.#newIndex()
    host.watch = {
      columns: (table) => {
        this.changes++
        // Without an index every column can matter.
        return this.index?.columns(table) ?? [...(host.schema.tables.get(table)?.columns.keys() ?? [])]
      },
      rowsAlone: (table) => !!this.index?.rowsAlone(table),
    }
    host.onChange = (batch) => {
      if (batch === anyRow || !this.index) {
        this.index = this.#newIndex()
        return this.#outdateAll()
      }
      const outdated: LiveQuery[] = []
      this.index.collect(batch, outdated)
      // All are outdated before the first reader hears: readers of one see the others current too.
      for (const query of outdated) query.outdate()
      if (outdated.length > 0 || this.#retry) this.#onChange(outdated)
    }
  }

  #newIndex(): DispatchIndex | null {
    const parts = this.parts()
    return parts && new parts.DispatchIndex(this.host.schema)
  }

  /** After the index was made anew: those that are read again are filed in it. */
  #outdateAll(): void {
    const queries = this.cache.all()
    for (const query of queries) query.forget()
    this.cache.firsts?.clear()
    this.#onChange(queries)
  }

  #refuseClosed(): void {
    if (this.closed) {
      throw new StoreError('store/closed', 'A query was used after its store was closed. Create the store again first.')
    }
  }
}

function detach(host: QueryHost): void {
  host.watch = nobodyWatches
  host.onChange = null
}
