import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { planOf } from '../sql/plan.ts'
import { runPlan } from '../sql/run-plan.ts'
import { QueryEngine } from './query-engine.ts'
import { anyQuery, anyStep, anyTables, type Step } from './testing/random-state.ts'
import { TestHost } from './testing/test-host.ts'

/** Enough to catch every tried mutant of dispatch, sharing and undo news; about a second. */
const CASES = 400

/** A subscriber that knows what it was told, and checks each news against what it knew. */
class Witness {
  readonly #engine: QueryEngine
  readonly definition: unknown
  #value: unknown
  #told = 0

  constructor(engine: QueryEngine, definition: unknown) {
    this.#engine = engine
    this.definition = definition
    engine.subscribe(definition, (value) => this.#hear(value))
    expect(this.#told).toBe(1)
  }

  /** After a step: told at most once, and what it knows is what a fresh run gives. */
  check(host: TestHost): void {
    expect(this.#told).toBeLessThanOrEqual(1)
    this.#told = 0
    expectFresh(host, this.definition, this.#value)
    expect(this.#engine.query(this.definition)).toBe(this.#value)
  }

  forget(): void {
    this.#told = 0
  }

  #hear(value: unknown): void {
    const before = this.#value
    this.#value = value
    if (this.#told++ === 0 && before === undefined) return
    if (isDeepStrictEqual(value, before))
      throw new Error(`needless news of ${JSON.stringify(planOf(this.definition).sql)}`)
    if (Array.isArray(value) && Array.isArray(before)) this.#expectShared(value, before)
  }

  #expectShared(rows: readonly object[], before: readonly object[]): void {
    const { identity } = planOf(this.definition)
    rows.forEach((row, place) => {
      const twin = identity ? before.find((other) => isDeepStrictEqual(other, row)) : before[place]
      if (twin && isDeepStrictEqual(twin, row) && twin !== row) throw new Error('an unchanged row lost its identity')
    })
  }
}

function expectFresh(host: TestHost, definition: unknown, value: unknown): void {
  const plan = planOf(definition)
  const fresh = runPlan(host.driver, plan, host.queryAccess)
  if (!isDeepStrictEqual(value, fresh)) expect({ sql: plan.sql, binds: plan.binds, value }).toEqual({ value: fresh })
}

function take(host: TestHost, step: Step): void {
  if (step.kind === 'moveBase') host.moveBase()
  else if (step.kind === 'reconcile') host.reconcile(...step.writes)
  else {
    try {
      host.commit(...step.writes)
    } catch {
      // A conflict: nothing of the commit stays.
    }
  }
}

const anyLife = anyTables.chain((tables) =>
  fc.record({
    tables: fc.constant(tables),
    watched: fc.array(anyQuery(tables), { maxLength: 5 }),
    late: fc.array(anyQuery(tables), { maxLength: 3 }),
    polled: fc.array(anyQuery(tables), { maxLength: 4 }),
    steps: fc.array(anyStep(tables), { minLength: 1, maxLength: 14 }),
    cacheSize: fc.integer({ min: 1, max: 4 }),
  }),
)

it('QRY-1 live == fresh, QRY-2 no needless news: over random schemas, queries, commits and undos', () => {
  fc.assert(
    fc.property(anyLife, ({ tables, watched, late, polled, steps, cacheSize }) => {
      const host = new TestHost(tables)
      const reports: unknown[] = []
      const engine = new QueryEngine(host, { cacheSize, report: (error) => reports.push(error) })
      try {
        const witnesses = watched.map((definition) => new Witness(engine, definition))
        const waiting = [...late]
        for (const witness of witnesses) witness.forget()
        steps.forEach((step, i) => {
          take(host, step)
          for (const witness of witnesses) witness.check(host)
          polled.forEach((definition, n) => {
            if ((i + n) % 3 === 0) expectFresh(host, definition, engine.query(definition))
          })
          const next = i % 3 === 1 ? waiting.pop() : undefined
          if (!next) return
          const witness = new Witness(engine, next)
          witness.forget()
          witnesses.push(witness)
        })
        expect(reports).toEqual([])
      } finally {
        engine.close()
        host.close()
      }
    }),
    { numRuns: CASES },
  )
}, 60_000)
