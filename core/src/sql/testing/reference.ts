import fc from 'fast-check'
import { boolean, integer, real, text, timestamp } from '../../schema/column.ts'
import { type RowOf, table } from '../../schema/table.ts'
import type { Condition } from '../condition.ts'
import type { ConditionBuilder, Operator } from '../where.ts'

/** A table of small domains, so that random rows and random conditions meet. */
export const items = table(
  'items',
  {
    id: text().primaryKey(),
    n: integer().nullable(),
    t: text().nullable(),
    b: boolean(),
    at: timestamp().nullable(),
    r: real(),
  },
  { indexes: [['n', 't'], ['b']] },
)

export type Item = RowOf<typeof items>
type Name = keyof Item
type Names = { readonly [K in Name]: Item[K] }

const words = ['', 'a', 'A', 'ab', 'b%', 'é', '\uffff', '😀', "'; drop table items; --", '?1']

const values: { readonly [K in Name]: fc.Arbitrary<NonNullable<Item[K]>> } = {
  id: fc.constantFrom('i1', 'i2', 'i3', 'i4', 'i5', 'i6', 'i7', 'i8'),
  n: fc.integer({ min: -2, max: 3 }),
  t: fc.constantFrom(...words),
  b: fc.boolean(),
  at: fc.integer({ min: -2, max: 2 }).map((ms) => new Date(ms)),
  r: fc.constantFrom(-1.5, 0, 0.5, 1, 1e300),
}

export const anyItem: fc.Arbitrary<Item> = fc.record({
  id: values.id,
  n: fc.option(values.n),
  t: fc.option(values.t),
  b: values.b,
  at: fc.option(values.at),
  r: values.r,
})

export const anyItems = fc.uniqueArray(anyItem, { selector: (item) => item.id, maxLength: 8 })
export const anyName = fc.constantFrom<Name>('id', 'n', 't', 'b', 'at', 'r')

/** A condition as a test writes it down, independent of the builder's own form. */
export type Spec =
  | { readonly kind: 'compare'; readonly name: Name; readonly operator: Operator; readonly value: unknown }
  | { readonly kind: 'match'; readonly match: { readonly [K in Name]?: unknown } }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Spec[] }
  | { readonly kind: 'not'; readonly part: Spec }

const compare: fc.Arbitrary<Spec> = anyName.chain((name) => {
  const value = values[name] as fc.Arbitrary<unknown>
  const one = (operator: Operator, operand: fc.Arbitrary<unknown>) =>
    operand.map((value): Spec => ({ kind: 'compare', name, operator, value }))
  return fc.oneof(
    ...(['=', '!=', 'is', 'is not'] as const).map((operator) => one(operator, fc.option(value))),
    ...(['<', '<=', '>', '>='] as const).map((operator) => one(operator, value)),
    ...(['in', 'not in'] as const).map((operator) =>
      one(operator, fc.array(fc.option(value, { freq: 4 }), { maxLength: 3 })),
    ),
    ...(name === 't'
      ? (['like', 'not like'] as const).map((operator) => one(operator, fc.constantFrom('%', 'a%', '_', '%b%', 'A')))
      : []),
  )
})

const match: fc.Arbitrary<Spec> = fc
  .uniqueArray(
    anyName.chain((name) => {
      const value = values[name] as fc.Arbitrary<unknown>
      return fc.tuple(
        fc.constant(name),
        fc.oneof(fc.option(value), fc.array(fc.option(value, { freq: 4 }), { maxLength: 3 })),
      )
    }),
    { selector: ([name]) => name, maxLength: 2 },
  )
  .map((pairs) => ({ kind: 'match', match: Object.fromEntries(pairs) }))

export const anySpec: fc.Arbitrary<Spec> = fc.letrec<{ spec: Spec }>((tie) => ({
  spec: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    compare,
    match,
    fc.record({
      kind: fc.constantFrom('and', 'or'),
      parts: fc.array(tie('spec'), { maxLength: 3 }),
    }) as fc.Arbitrary<Spec>,
    fc.record({ kind: fc.constant('not' as const), part: tie('spec') }),
  ),
})).spec

/** The same condition by way of a `where` callback. */
export function buildSpec(is: ConditionBuilder<Names>, spec: Spec): Condition {
  switch (spec.kind) {
    case 'compare':
      return is(spec.name, spec.operator, spec.value as never)
    case 'match':
      return is.and(spec.match as never)
    case 'not':
      return is.not(buildSpec(is, spec.part))
    default:
      return is[spec.kind](...spec.parts.map((part) => buildSpec(is, part)))
  }
}

type Truth = boolean | null

/** What SQL says of a row: true, false, or unknown (null). */
export function truthOf(spec: Spec, item: Item): Truth {
  switch (spec.kind) {
    case 'compare':
      return compareTruth(item[spec.name], spec.operator, spec.value)
    case 'match':
      return and(
        Object.entries(spec.match).map(([name, value]) =>
          compareTruth(item[name as Name], Array.isArray(value) ? 'in' : '=', value),
        ),
      )
    case 'not':
      return not(truthOf(spec.part, item))
    case 'and':
      return and(spec.parts.map((part) => truthOf(part, item)))
    case 'or':
      return not(and(spec.parts.map((part) => not(truthOf(part, item)))))
  }
}

function not(truth: Truth): Truth {
  return truth === null ? null : !truth
}

function and(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false
  return truths.includes(null) ? null : true
}

function compareTruth(left: unknown, operator: Operator, right: unknown): Truth {
  if (operator === 'in') return memberTruth(left, right as readonly unknown[])
  if (operator === 'not in') return not(memberTruth(left, right as readonly unknown[]))
  if (operator === 'is' || (operator === '=' && right === null)) return order(left, right) === 0
  if (operator === 'is not' || (operator === '!=' && right === null)) return order(left, right) !== 0
  if (left === null) return null
  const sign = order(left, right)
  switch (operator) {
    case '=':
      return sign === 0
    case '!=':
      return sign !== 0
    case '<':
      return sign < 0
    case '<=':
      return sign <= 0
    case '>':
      return sign > 0
    case '>=':
      return sign >= 0
    case 'like':
      return likeTruth(left as string, right as string)
    case 'not like':
      return !likeTruth(left as string, right as string)
  }
}

/** `in` as documented: null in the list means IS NULL. */
function memberTruth(left: unknown, list: readonly unknown[]): Truth {
  const known = list.filter((value) => value !== null)
  if (left === null) return list.includes(null) ? true : known.length === 0 ? false : null
  return known.some((value) => order(left, value) === 0)
}

function likeTruth(value: string, pattern: string): boolean {
  const source = [...pattern].map((char) => (char === '%' ? '.*' : char === '_' ? '.' : char)).join('')
  return new RegExp(`^${source}$`, 'su').test(value) || new RegExp(`^${source}$`, 'sui').test(value)
}

/** Null first, then numbers by size, text by its UTF-8 bytes. */
export function order(left: unknown, right: unknown): number {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null)
  if (typeof left === 'string') return Buffer.compare(Buffer.from(left), Buffer.from(right as string))
  return Number(left) - Number(right)
}
