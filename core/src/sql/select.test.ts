import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planOf } from './plan.ts'
import { anyText } from './testing/any-text.ts'
import { TestDatabase } from './testing/database.ts'
import { anyItems, anyName, anySpec, buildSpec, type Item, items, order, truthOf } from './testing/reference.ts'

type Orders = readonly (readonly [keyof Item, 'asc' | 'desc'])[]
const orders: fc.Arbitrary<Orders> = fc.array(fc.tuple(anyName, fc.constantFrom('asc', 'desc')), { maxLength: 3 })

function sorted(rows: readonly Item[], by: Orders): Item[] {
  // Only the first order by a column counts; ties come in the direction of the last column.
  const counted = by.filter(([name], i) => by.findIndex((other) => other[0] === name) === i)
  return rows.toSorted((a, b) => {
    for (const [name, direction] of [...counted, ['id', counted.at(-1)?.[1] ?? 'asc'] as const]) {
      const sign = order(a[name], b[name])
      if (sign !== 0) return direction === 'asc' ? sign : -sign
    }
    return 0
  })
}

const database = new TestDatabase(items)

describe('select', () => {
  test('where, orderBy, limit and offset give what a plain evaluation gives', () => {
    const count = fc.option(fc.nat(6))
    fc.assert(
      fc.property(
        anyItems,
        fc.array(anySpec, { maxLength: 2 }),
        orders,
        count,
        count,
        (rows, specs, by, limit, offset) => {
          database.refill(items, rows)
          let query = items.where({})
          for (const spec of specs) query = query.where((is) => buildSpec(is, spec))
          for (const [name, direction] of by) query = query.orderBy(name, direction)
          if (limit !== null) query = query.limit(limit)
          if (offset !== null) query = query.offset(offset)
          const kept = sorted(
            rows.filter((row) => specs.every((spec) => truthOf(spec, row) === true)),
            by,
          )
          const expected = kept.slice(offset ?? 0).slice(0, limit ?? undefined)
          expect(database.query(query)).toEqual(expected)
          expect(database.query(query.first())).toEqual(limit === 0 ? undefined : expected[0])
        },
      ),
      { numRuns: 300 },
    )
  })

  test('the three-argument and the object form mean what the callback means', () => {
    fc.assert(
      fc.property(anySpec, (spec) => {
        if (spec.kind === 'compare') {
          const direct = planOf(items.where(spec.name, spec.operator, spec.value as never))
          expect(direct.key).toBe(planOf(items.where((is) => buildSpec(is, spec))).key)
        }
        if (spec.kind === 'match') {
          expect(planOf(items.where(spec.match as never)).key).toBe(
            planOf(items.where((is) => buildSpec(is, spec))).key,
          )
        }
      }),
    )
  })

  test('values are bound, never part of the SQL', () => {
    fc.assert(
      fc.property(anyText({ minLength: 1 }), (value) => {
        const plans = [
          items.where({ t: value }),
          items.where({ t: [value, null] }),
          items.where('t', 'like', value),
          items.where((is) => is.not({ t: value })),
        ].map(planOf)
        const fixed = [
          items.where({ t: 'x' }),
          items.where({ t: ['x', null] }),
          items.where('t', 'like', 'x'),
          items.where((is) => is.not({ t: 'x' })),
        ].map(planOf)
        expect(plans.map((plan) => plan.sql)).toEqual(fixed.map((plan) => plan.sql))
        for (const plan of plans) expect(plan.binds).toEqual([value.toWellFormed()])
      }),
    )
  })

  test('null means IS NULL, and a list may name it', () => {
    const rows: Item[] = ['i1', 'i2', 'i3'].map((id, n) => ({
      id,
      n: n === 0 ? null : n,
      t: null,
      b: true,
      at: null,
      r: 0,
    }))
    database.refill(items, rows)
    const ids = (query: Parameters<typeof planOf>[0]) => (database.query(query) as readonly Item[]).map((row) => row.id)
    expect(ids(items.where({ n: null }))).toEqual(['i1'])
    expect(ids(items.where('n', '=', null))).toEqual(['i1'])
    expect(ids(items.where('n', '!=', null))).toEqual(['i2', 'i3'])
    expect(ids(items.where({ n: [null, 2] }))).toEqual(['i1', 'i3'])
    expect(ids(items.where('n', 'not in', [null, 2]))).toEqual(['i2'])
    expect(ids(items.where('n', '!=', 1))).toEqual(['i3'])
    expect(ids(items.where('n', 'is not', 1))).toEqual(['i1', 'i3'])
    expect(ids(items.where({ n: [] }))).toEqual([])
  })

  test('select picks and renames; a renamed column does not capture order or condition', () => {
    database.refill(items, [
      { id: 'i1', n: 2, t: 'x', b: true, at: null, r: 0 },
      { id: 'i2', n: 1, t: 'x', b: false, at: null, r: 0 },
    ])
    expect(database.query(items.select('n', 'b'))).toEqual([
      { n: 2, b: true },
      { n: 1, b: false },
    ])
    expect(database.query(items.select({ id: 'n', t: 'id' }).where({ t: 'x' }))).toEqual([
      { id: 2, t: 'i1' },
      { id: 1, t: 'i2' },
    ])
    expect(database.query(items.select({ id: 'n' }).orderBy('id', 'desc'))).toEqual([{ id: 1 }, { id: 2 }])
  })

  test('every builder is a value: using it changes nothing of it', () => {
    const base = items.where({ b: true })
    const before = planOf(base).key
    base.orderBy('n').limit(1).where({ t: 'x' }).select('id').first()
    expect(planOf(base).key).toBe(before)
    expect(planOf(items.where({ b: true })).key).toBe(before)
  })

  test.each<[string, () => unknown, string]>([
    ['an unknown column', () => items.where({ x: 1 } as never), 'items has no column "x"'],
    ['an inherited name', () => items.where({ constructor: 1 } as never), 'no column "constructor"'],
    ['undefined', () => items.where({ t: undefined } as never), 'undefined for t'],
    ['a value of another type', () => items.where({ n: '1' } as never), 'items.n must be an integer'],
    ['an unknown operator', () => items.where('n', '; drop' as never, 1 as never), 'no operator'],
    ['an order by null', () => items.where('n', '<', null as never), 'never holds'],
    ['a foreign condition', () => items.where((() => ({ kind: 'compare' })) as never), 'no column "kind"'],
    ['in without an array', () => items.where('n', 'in', 1 as never), 'array'],
    ['two arguments', () => (items.where as (...args: unknown[]) => unknown)('n', 1), 'takes an object'],
    ['a direction', () => items.orderBy('n', 'up' as never), "'asc' or 'desc'"],
    ['an order by no column', () => items.orderBy('x' as never), 'no column "x"'],
    ['a limit below zero', () => items.limit(-1), 'limit takes a count'],
    ['an offset of a half', () => items.offset(0.5), 'offset takes a count'],
    ['select of nothing', () => items.select(), 'names no column'],
    ['a list too long', () => items.where({ n: Array.from({ length: 30_001 }, () => 1) }), '30,000'],
  ])('refuses %s', (_, run, message) => {
    let thrown: unknown
    try {
      // Bound late on purpose: some of these need `this`.
      thrown = run.call(items)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code: 'query/invalid', message: expect.stringContaining(message) })
  })
})
