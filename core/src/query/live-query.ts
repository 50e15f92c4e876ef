import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals-core'
import type { QueryPlan } from '../sql/plan.ts'
import { runPlan } from '../sql/run-plan.ts'
import type { Row } from '../sqlite/driver.ts'
import type { QueryContext, QueryNode } from './query-node.ts'
import { shareRow, shareRows, shareValue } from './structural-sharing.ts'
import type { Interest } from './table-dispatch.ts'

/**
 * The node of one distinct SQL query: shared by all who use it, run when somebody reads it after a change.
 *
 * Invariant: while not `dirty`, the held value (or failure) is what a fresh run would give, and the query is filed in
 * the dispatch index, which marks it dirty through `outdate` (rule QRY-1). A single row that was read but once is not filed: most such are
 * never read again. Its value holds while the context counts no change.
 */
export class LiveQuery implements QueryNode {
  readonly plan: QueryPlan
  subscribers = 0
  readonly #context: QueryContext
  #value: unknown
  #failure: { readonly error: unknown } | null = null
  #dirty = true
  #observed = false
  #dropped = false
  #runs = 0
  #lastDurationMs: number | undefined
  #interests: readonly Interest[] | null = null
  /** The count of changes when it ran. */
  #ranAt = -1
  /** Counts up when the value is outdated. Made with the signal, which reads it. */
  #version: Signal<number> | null = null
  #signal: ReadonlySignal<unknown> | null = null

  constructor(plan: QueryPlan, context: QueryContext) {
    this.plan = plan
    this.#context = context
  }

  get title(): string {
    return this.plan.label ?? this.plan.sql
  }

  get identity(): readonly string[] | null {
    return this.plan.identity
  }

  get dropped(): boolean {
    return this.#dropped
  }

  /** An effect, a subscription, or something computed for one of these, depends on it. */
  get observed(): boolean {
    return this.#observed
  }

  get runs(): number {
    return this.#runs
  }

  get lastDurationMs(): number | undefined {
    return this.#lastDurationMs
  }

  get signal(): ReadonlySignal<unknown> {
    this.#signal ??= this.#makeSignal()
    return this.#signal
  }

  track(): unknown {
    return this.signal.value
  }

  peek(): unknown {
    if (this.#dirty) return this.#run()
    if (this.#failure) {
      if (this.#observed) throw this.#failure.error
      // Nobody was told of the failure, and its cause may have been the environment.
      this.announce()
      return this.#run()
    }
    return this.#stillFiled() ? this.#value : this.#run()
  }

  adopt(value: unknown): void {
    if (this.#runs === 0) this.#value = value
  }

  /** The value may be another now. Readers hear nothing yet. */
  outdate(): void {
    this.#dirty = true
  }

  /** Tells readers that the value may be another. */
  announce(): void {
    if (this.#version) this.#version.value = this.#version.peek() + 1
  }

  /** The host was replaced: the index it was filed in is gone. */
  forget(): void {
    this.#interests = null
    this.#dirty = true
  }

  /** Frees what it holds. Whoever still holds its signal is led to the definition's next node. */
  drop(): void {
    this.#dropped = true
    this.#dirty = true
    if (this.#interests) this.#context.index.remove(this.#interests)
    this.#interests = null
    this.#value = undefined
    this.#failure = null
    this.#signal = null
  }

  #makeSignal(): ReadonlySignal<unknown> {
    const version = signal(0)
    this.#version = version
    return computed(
      () => {
        version.value
        return this.#dropped ? this.#context.liveQuery(this.plan).signal.value : this.peek()
      },
      { watched: () => this.#observe(true), unwatched: () => this.#observe(false) },
    )
  }

  #observe(observed: boolean): void {
    this.#observed = observed
    if (this.#dropped) return
    if (observed) this.#context.observed(this)
    else this.#context.unobserved(this)
  }

  #run(): unknown {
    const context = this.#context
    const start = context.now?.()
    context.enter()
    try {
      // Filed before the run: a query that fails on some rows recovers when those change.
      if (this.#runs > 0 || this.#version || this.plan.result !== 'first') this.#interests ??= this.#file()
      this.#ranAt = context.changes
      this.#value = this.#share(runPlan(context.host.driver, this.plan, context.host.queryAccess))
      this.#failure = null
      return this.#value
    } catch (error) {
      this.#failure = { error }
      throw error
    } finally {
      this.#dirty = false
      this.#runs++
      if (start !== undefined && context.now) this.#lastDurationMs = context.now() - start
      context.leave()
    }
  }

  /** Files a query that is read again, if its value still holds. */
  #stillFiled(): boolean {
    if (this.#interests !== null) return true
    if (this.#ranAt !== this.#context.changes) return false
    this.#interests = this.#file()
    return true
  }

  #file(): readonly Interest[] {
    const { host, index } = this.#context
    return index.add(this, this.plan, host.driver.prepare(this.plan.sql, host.queryAccess).reads)
  }

  #share(next: unknown): unknown {
    const previous = this.#value
    if (this.plan.result === 'value') return shareValue(previous, next)
    if (previous === undefined || next === undefined) return next
    if (this.plan.result === 'first') return shareRow(previous as Row, next as Row)
    return shareRows(previous as readonly Row[], next as Row[], this.plan.identity)
  }
}
