import { queryAccess } from '../../replica/access.ts'
import { isComputed } from '../../sql/definition.ts'
import { planOf } from '../../sql/plan.ts'
import type { ResultOf } from '../../sql/query.ts'
import { runPlan } from '../../sql/run-plan.ts'
import type { SqliteDriver } from '../../sqlite/driver.ts'
import type { Store } from '../../store/store.ts'
import { type Judge, must } from './violation.ts'

/** A live query with a subscriber that remembers what it heard (rules QRY-1, QRY-2). */
export class LiveWatch {
  readonly label: string
  readonly #query: unknown
  #heard: unknown
  #text = 'nothing'
  readonly #judge: Judge
  /** Its rows can be told apart: a raw SQL's cannot. */
  readonly #identified: boolean
  readonly #stop: () => void

  /** `react` is called with each news: it may commit. */
  constructor(store: Store, judge: Judge, label: string, query: unknown, react: () => void) {
    this.label = label
    this.#query = query
    this.#judge = judge
    this.#identified = !isComputed(query) && planOf(query).identity !== null
    let first = true
    this.#stop = store.subscribe(query, (value) => {
      this.#hear(value)
      if (!first) react()
      first = false
    })
  }

  stop(): void {
    this.#stop()
  }

  /** What was heard last is what the SQL gives now. */
  check(driver: SqliteDriver, store: Store, who: string): void {
    const fresh = textOf(freshOf(driver, this.#query))
    must(this.#text === fresh, 'QRY-1', () => `${who}: ${this.label} shows ${this.#text}, its SQL gives ${fresh}`)
    const read = textOf(store.query(this.#query))
    must(read === fresh, 'QRY-1', () => `${who}: ${this.label} reads ${read}, its SQL gives ${fresh}`)
  }

  #hear(value: unknown): void {
    const text = textOf(value)
    if (text === this.#text) this.#judge.fail('QRY-2', `${this.label} was called without a change: ${text}`)
    if (this.#identified && !this.#judge.reacted && Array.isArray(value) && Array.isArray(this.#heard))
      this.#sameRows(this.#heard, value)
    this.#text = text
    this.#heard = value
  }

  /** Rows that did not change are the same objects. */
  #sameRows(before: readonly unknown[], after: readonly unknown[]): void {
    const old = new Map<unknown, unknown>()
    for (const row of before) old.set((row as { id?: unknown }).id, row)
    for (const row of after) {
      const { id } = row as { id?: unknown }
      const was = id === undefined ? undefined : old.get(id)
      if (was === undefined || was === row) continue
      if (textOf(was) !== textOf(row)) continue
      this.#judge.fail('QRY-2', `${this.label}: an unchanged row is another object: ${textOf(row)}`)
    }
  }
}

function freshOf(driver: SqliteDriver, query: unknown): unknown {
  if (isComputed(query)) return query.evaluate((inner) => freshOf(driver, inner) as ResultOf<typeof inner>)
  return runPlan(driver, planOf(query), queryAccess)
}

function textOf(value: unknown): string {
  return value === undefined ? 'undefined' : JSON.stringify(value)
}
