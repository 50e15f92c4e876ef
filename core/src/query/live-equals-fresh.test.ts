import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ChangeCollector } from '../replica/change-collector.ts'
import { planOf } from '../sql/plan.ts'
import { runPlan } from '../sql/run-plan.ts'
import { inspectionsOf } from './inspection.ts'
import { QueryEngine } from './query-engine.ts'
import { DeltaWitness } from './testing/delta-witness.ts'
import { queryParts } from './testing/query-parts.ts'
import { anyQuery, anyRowQuery, anyRows, anyStep, anyTables, type Step } from './testing/random-state.ts'
import { TestHost } from './testing/test-host.ts'

/** Lives of a store; some fifteen seconds of one core. */
const CASES = 5000

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

/** In some lives only rows of keys are looked at: of an update by key no more is told then than what it sets. */
const anyLife = fc.tuple(anyTables, fc.nat(3)).chain(([tables, lot]) => {
  const query = lot === 0 ? anyRowQuery(tables) : anyQuery(tables)
  return fc.record({
    tables: fc.constant(tables),
    rows: anyRows(tables),
    told: fc.array(query, { maxLength: 3 }),
    watched: fc.array(query, { maxLength: 3 }),
    late: fc.array(fc.oneof(query, anyQuery(tables)), { maxLength: 2 }),
    polled: fc.array(query, { maxLength: 3 }),
    steps: fc.array(anyStep(tables), { minLength: 1, maxLength: 10 }),
    cacheSize: fc.integer({ min: 1, max: 4 }),
    /** After how many steps the code that follows rows is there. */
    loadedAt: fc.oneof({ weight: 3, arbitrary: fc.constant(-1) }, fc.integer({ min: 0, max: 10 })),
  })
})

it('QRY-1 live == fresh, told deltas lead there too, QRY-2 no needless news: over random schemas, queries, commits and undos', () => {
  let deltas = 0
  let misses = 0
  let patches = 0
  let prompt = 0
  let partial = 0
  fc.assert(
    fc.property(anyLife, ({ tables, rows, watched, late, polled, told, steps, cacheSize, loadedAt }) => {
      let loaded = loadedAt < 0
      if (loaded) prompt++
      const host = new TestHost(tables, () => (loaded ? ChangeCollector : null))
      for (const row of rows) take(host, { kind: 'commit', writes: [row] })
      const reports: unknown[] = []
      const engine = new QueryEngine(host, {
        parts: () => (loaded ? queryParts : null),
        cacheSize,
        report: (error) => reports.push(error),
      })
      try {
        const witnesses = watched.map((definition) => new Witness(engine, definition))
        const lists = told.filter((definition) => planOf(definition).result === 'rows')
        const followers = lists.map((definition) => new DeltaWitness(engine, definition))
        const waiting = [...late]
        for (const witness of witnesses) witness.forget()
        steps.forEach((step, i) => {
          loaded ||= i === loadedAt
          take(host, step)
          for (const witness of witnesses) witness.check(host)
          // Not after every step: a list that nobody reads has deltas all the same.
          if (i % 3 === 2) for (const follower of followers) follower.check()
          polled.forEach((definition, n) => {
            if ((i + n) % 3 === 0) expectFresh(host, definition, engine.query(definition))
          })
          const next = i % 3 === 1 ? waiting.pop() : undefined
          if (!next) return
          const witness = new Witness(engine, next)
          witness.forget()
          witnesses.push(witness)
        })
        for (const follower of followers) {
          follower.check()
          deltas += follower.deltas
          misses += follower.misses
        }
        patches += inspectionsOf(engine).reduce((sum, query) => sum + query.patches, 0)
        expect(reports).toEqual([])
        partial += host.partial
      } finally {
        engine.close()
        host.close()
      }
    }),
    { numRuns: CASES },
  )
  expect([misses, deltas > prompt, patches > prompt, partial > CASES / 20]).toEqual([0, true, true, true])
}, 600_000)
