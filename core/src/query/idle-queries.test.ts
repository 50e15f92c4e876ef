import fc from 'fast-check'
import { expect, it } from 'vitest'
import { QueryPlan, sqlPlan } from '../sql/query-plan.ts'
import { IdleQueries } from './idle-queries.ts'
import type { LiveQuery } from './live-query.ts'
import type { ValuesKey } from './plan-key.ts'

const { template } = sqlPlan('select ?', [null])
const queryOf = (value: string | number | bigint | null) =>
  ({ plan: new QueryPlan(template, [value]) }) as unknown as LiveQuery

const anyKey = fc.oneof(
  // All of one hash: of a long text not every character counts.
  fc.integer({ min: 0, max: 40 }).map((n) => `x${String.fromCharCode(97 + n)}${'x'.repeat(300)}`),
  fc.integer({ min: 0, max: 40 }).map((n) => `s6:list-3,i17000${n}000,i100,`),
  fc.integer({ min: -20, max: 20 }),
  fc.constantFrom(null, 0.5, 0.25, 1n, ''),
)
const anyStep = fc.record({ kind: fc.constantFrom('add', 'add', 'delete', 'find', 'take'), key: anyKey })

it('holds what a map holds, however full it is and whatever meets in one place', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.array(anyStep, { maxLength: 80 }), (capacity, steps) => {
      const idle = new IdleQueries(capacity)
      const model = new Map<ValuesKey, LiveQuery>()
      for (const { kind, key } of steps) {
        const known = model.get(key)
        if (kind === 'take') {
          expect(new Set(idle.take())).toEqual(new Set(model.values()))
          model.clear()
        } else if (kind === 'delete') {
          expect(idle.delete(known ?? queryOf(key))).toBe(model.delete(key))
        } else if (kind === 'add' && !known) {
          const query = queryOf(key)
          idle.add(query)
          model.set(key, query)
        }
        expect(idle.find(queryOf(key).plan)).toBe(model.get(key) ?? null)
        expect(idle.size).toBe(model.size)
      }
      for (const query of model.values()) expect(idle.has(query)).toBe(true)
      expect(idle.all()).toHaveLength(model.size)
    }),
    { numRuns: 300 },
  )
})

it('tells queries of other templates with equal values apart', () => {
  const idle = new IdleQueries(4)
  const query = queryOf('a')
  idle.add(query)
  expect(idle.find(new QueryPlan(sqlPlan('select 1', []).template, ['a']))).toBeNull()
})
