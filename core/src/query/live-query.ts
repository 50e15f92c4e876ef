import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals-core'
import { DEVELOPMENT } from '../base/development.ts'
import type { RowDelta } from '../replica/row-changes.ts'
import type { QueryPlan } from '../sql/plan.ts'
import { runPlan } from '../sql/run-plan.ts'
import type { Filed } from './dispatch-index.ts'
import { Edition, rowsOf } from './edition.ts'
import type { FirstRead } from './first-reads.ts'
import { freezeResult } from './freeze-result.ts'
import { type Maintained, Undecided } from './maintained.ts'
import type { Teller } from './news.ts'
import type { QueryContext, QueryNode } from './query-node.ts'

import { shareEqual } from './same-value.ts'

const unchanged: readonly RowDelta[] = []
const nobody: readonly Teller[] = []

/**
 * The node of one distinct SQL query: shared by all who use it, brought up to date when somebody reads it after a change.
 *
 * Invariant: while not `dirty`, the held value (or failure) is what a fresh run would give, and the query is filed in
 * the dispatch index, which marks it dirty through `hear` and `outdate` (rule QRY-1). A single row that was read but once is not filed: most
 * such are never read again. Its value holds while the context counts no change.
 */
export class LiveQuery implements QueryNode {
  readonly plan: QueryPlan
  /** How often its SQL ran. */
  runs = 0
  /** How often changed rows alone brought it up to date. */
  patches = 0
  lastDurationMs: number | undefined
  readonly #context: QueryContext
  /** Null: it is run again after each change. Undefined: so it is until the code that could do better is loaded. */
  #maintained: Maintained | null | undefined
  /** The value; of a maintained list the edition. */
  #value: unknown
  #failure: { readonly error: unknown } | null = null
  #dirty = true
  /** Rows of a batch are told right now. */
  #hearing = false
  /** Several batches of changes wait. */
  #mixed = false
  /** Its signal is read by an effect, or by something computed for one. */
  #watched = false
  /** Who is told of changes. One is held as it is: there are thousands of queries. A list is never changed in place: one that is told may end another. */
  #listeners: Teller | readonly Teller[] | null = null
  dropped = false
  /** What the dispatch index takes back; null while it is not filed. */
  filed: Filed | null = null
  /** The count of changes when it ran. */
  #ranAt = -1
  /** What has changed since the held value; null: that is not known. */
  #changed: readonly RowDelta[] | null = null
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

  /** An effect, a listener, or something computed for one of these, depends on it. */
  get observed(): boolean {
    return this.#watched || this.#listeners !== null
  }

  get subscribers(): number {
    return this.#tellers.length
  }

  /** How many rows it keeps in memory. */
  get rows(): number {
    const value = this.#value
    return value instanceof Edition || Array.isArray(value) ? value.length : 0
  }

  get maintained(): boolean {
    return !!this.#maintained
  }

  get signal(): ReadonlySignal<unknown> {
    this.#signal ??= this.#makeSignal()
    return this.#signal
  }

  listen(teller: Teller): void {
    this.#tellTo(this.#tellers.concat(teller))
  }

  unlisten(teller: Teller): void {
    this.#tellTo(this.#tellers.filter((each) => each !== teller))
  }

  track(): unknown {
    return this.signal.value
  }

  peek(): unknown {
    return rowsOf(this.look())
  }

  look(): unknown {
    if (this.#dirty) return this.#refresh()
    if (this.#failure) {
      if (this.observed) throw this.#failure.error
      // Nobody was told of the failure, and its cause may have been the environment.
      this.announce()
      return this.#refresh()
    }
    return this.#stillFiled() ? this.#value : this.#refresh()
  }

  /** Begins with what was read before there was this. */
  resume({ value, changes }: FirstRead): void {
    this.#value = value
    this.#ranAt = changes
    this.#dirty = false
    this.runs++
  }

  adopt(value: unknown): void {
    const { rows } = this
    if (this.runs === 0) this.#value = value
    if (!this.observed) this.#weigh(rows)
  }

  /** A row has changed that may matter. The same row is told once a batch, or twice in a row. True: the first since `outdate`. */
  hear(delta: RowDelta): boolean {
    this.#keep(delta)
    const first = !this.#hearing
    this.#hearing = true
    return first
  }

  #keep(delta: RowDelta): void {
    const changed = this.#changed
    if (!changed || changed.at(-1) === delta) return
    if (!this.#maintained?.worth(changed.length, this.#value)) this.#changed = null
    // A list that grows by its first entry takes room for sixteen more.
    else if (changed.length === 0) this.#changed = [delta]
    else (changed as RowDelta[]).push(delta)
  }

  /** The value may be another now. Readers hear nothing yet. */
  outdate(): void {
    this.#hearing = false
    this.#mixed = this.#dirty
    this.#dirty = true
  }

  /** Tells readers that the value may be another. */
  announce(): void {
    if (this.#version) this.#version.value = this.#version.peek() + 1
    const { news } = this.#context
    // Most have one, who is told without a list.
    if (Array.isArray(this.#listeners)) for (const teller of this.#listeners) news.add(teller)
    else if (this.#listeners) news.add(this.#listeners as Teller)
  }

  /** Anything may have changed, and the index that it was filed in is gone. */
  forget(): void {
    this.filed = null
    this.#changed = null
    this.#dirty = true
  }

  /** Frees what it holds. Whoever still holds its signal is led to the definition's next node. */
  drop(): void {
    this.dropped = true
    if (this.filed) this.#context.index?.remove(this, this.filed)
    this.forget()
    this.#value = undefined
    this.#failure = null
    this.#signal = null
  }

  get #tellers(): readonly Teller[] {
    return nobody.concat(this.#listeners ?? nobody)
  }

  #tellTo(tellers: readonly Teller[]): void {
    const { observed } = this
    this.#listeners = tellers.length > 1 ? tellers : (tellers[0] ?? null)
    this.#observe(observed)
  }

  #makeSignal(): ReadonlySignal<unknown> {
    const version = signal(0)
    this.#version = version
    return computed(
      () => {
        version.value
        return this.dropped ? this.#context.liveQuery(this.plan).signal.value : this.peek()
      },
      { watched: () => this.#watch(true), unwatched: () => this.#watch(false) },
    )
  }

  #watch(watched: boolean): void {
    const { observed } = this
    this.#watched = watched
    this.#observe(observed)
  }

  /** Tells the cache when the first comes to observe it, and when the last has gone. */
  #observe(before: boolean): void {
    if (this.dropped || this.observed === before) return
    if (before) this.#context.cache.release(this)
    else this.#context.cache.hold(this)
  }

  /** Nobody observes it. `before`: how many rows it kept. */
  #weigh(before: number): void {
    const { rows } = this
    if (rows !== before) this.#context.cache.weigh(this, rows - before)
  }

  #refresh(): unknown {
    const context = this.#context
    const start = DEVELOPMENT ? context.now?.() : 0
    context.enter()
    try {
      // Filed before the run: a query that fails on some rows recovers when those change.
      if (this.runs > 0 || this.#version || this.observed || this.plan.result !== 'first') this.filed ??= this.#file()
      this.#ranAt = context.changes
      const rows = this.observed ? 0 : this.rows
      if (!this.#patch()) this.#run()
      if (!this.observed) this.#weigh(rows)
      this.#failure = null
      this.#changed = this.#maintained ? unchanged : null
      if (DEVELOPMENT && context.now) freezeResult(this.#value)
      return this.#value
    } catch (error) {
      this.#failure = { error }
      this.#changed = null
      throw error
    } finally {
      this.#dirty = false
      if (DEVELOPMENT && start !== undefined && context.now) this.lastDurationMs = context.now() - start
      context.leave()
    }
  }

  /** Files a query that is read again, if its value still holds. */
  #stillFiled(): boolean {
    if (this.filed !== null) return true
    if (this.#ranAt !== this.#context.changes) return false
    this.filed = this.#file()
    return true
  }

  #file(): Filed | null {
    const { host, index } = this.#context
    if (!index) return null
    return index.add(this, this.plan, host.driver.prepare(this.plan.sql, host.queryAccess).reads)
  }

  /** False: what changed does not tell the new value. */
  #patch(): boolean {
    const changed = this.#changed
    const { host, parts } = this.#context
    if (!this.#maintained || !changed) return false
    try {
      const net = this.#mixed ? parts()?.netChanges(changed) : changed
      this.#value = this.#maintained.patch(host, this.#value, net ?? changed, this.plan)
      this.patches++
      return true
    } catch {
      // Undecided, or a row that cannot be read, and that a run may not come across: beyond the limit, or gone by now.
      return false
    }
  }

  #run(): void {
    const { host, parts } = this.#context
    this.runs++
    // What is not filed hears of no change.
    if (this.#maintained === undefined && this.filed) this.#maintained = parts()?.maintainedOf(this.plan)
    if (this.#maintained) {
      try {
        this.#value = this.#maintained.run(host, this.#value, this.plan)
        return
      } catch (error) {
        if (!(error instanceof Undecided)) throw error
        this.#maintained = null
      }
    }
    const share = parts()?.share ?? shareEqual
    this.#value = share(rowsOf(this.#value), runPlan(host.driver, this.plan, host.queryAccess), this.plan)
  }
}
