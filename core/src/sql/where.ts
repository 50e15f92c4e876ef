import { StoreError } from '../base/errors.ts'
import { nameOf } from '../schema/table-structure.ts'
import type { SqlValue } from '../sqlite/driver.ts'
import { type Comparison, type Condition, checkedList, isCondition, madeCondition } from './condition.ts'
import { type ColumnRef, refIn, type Scope } from './source.ts'

/** Operators of `where(column, operator, value)`. With null, `=` and `is` mean IS NULL, `!=` and `is not` IS NOT NULL. */
export type Operator = Comparison | 'in' | 'not in'

/** Value that an operator compares a column of type `T` with. */
export type OperandOf<T, O extends Operator> = O extends 'in' | 'not in'
  ? readonly T[]
  : O extends 'like' | 'not like'
    ? string
    : O extends '=' | '!=' | 'is' | 'is not'
      ? T | null
      : NonNullable<T>

/** Columns that must equal a value, or (for columns that are not JSON) one of a list; null means IS NULL. */
export type Match<S> = { readonly [K in keyof S]?: S[K] | readonly S[K][] }

/** A condition within a `where` callback: made by the callback's argument, or an object of equalities. */
export type ConditionOf<S> = Condition | Match<S>

/**
 * What a `where` callback is given: call it for a comparison, and combine with `or`, `and` and `not`.
 *
 * @example
 * todos.where((is) => is.or({ listId: null }, is('createdAt', '<', day), is.and({ done: true }, is.not({ title: '' }))))
 */
export interface ConditionBuilder<S> {
  <K extends keyof S & string, O extends Operator>(column: K, operator: O, value: OperandOf<S[K], O>): Condition
  or(...conditions: ConditionOf<S>[]): Condition
  and(...conditions: ConditionOf<S>[]): Condition
  not(condition: ConditionOf<S>): Condition
}

const comparisons: readonly unknown[] = [
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'is',
  'is not',
  'like',
  'not like',
] satisfies Comparison[]

/** The condition that the arguments of a `where` call mean. Throws `query/invalid`. */
export function conditionFrom(scope: Scope, args: readonly unknown[]): Condition {
  const [first] = args
  if (args.length === 3) return comparison(scope, first, args[1], args[2])
  if (args.length === 1 && typeof first === 'function') return part(scope, first(builderFor(scope)))
  if (args.length === 1) return part(scope, first)
  throw invalid(scope, 'takes an object, a callback, or column, operator and value')
}

function builderFor(scope: Scope): ConditionBuilder<Record<string, unknown>> {
  const compare = (column: string, operator: Operator, value: unknown) => comparison(scope, column, operator, value)
  const group =
    (kind: 'and' | 'or') =>
    (...conditions: unknown[]) =>
      madeCondition({ kind, parts: conditions.flatMap((condition) => partsFor(kind, part(scope, condition))) })
  return Object.assign(compare, {
    or: group('or'),
    and: group('and'),
    not: (condition: unknown) => madeCondition({ kind: 'not', part: part(scope, condition) }),
  })
}

/** A group within a group of its kind adds its parts: flat conditions pin, and read, better. */
function partsFor(kind: 'and' | 'or', condition: Condition): readonly Condition[] {
  return condition.kind === kind ? condition.parts : [condition]
}

function part(scope: Scope, value: unknown): Condition {
  if (isCondition(value)) return value
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(
      scope,
      `takes an object of columns, or a condition made by the callback's argument, not ${nameOf(value)}`,
    )
  }
  const names = Object.keys(value)
  if (names.length === 1)
    return equality(scope, names[0] as string, (value as Record<string, unknown>)[names[0] as string])
  return { kind: 'and', parts: names.map((name) => equality(scope, name, (value as Record<string, unknown>)[name])) }
}

function equality(scope: Scope, name: string, value: unknown): Condition {
  const ref = refIn(scope, name)
  if (Array.isArray(value) && ref.column.type !== 'json') return membership(scope, ref, false, value)
  return equals(scope, ref, value)
}

function equals(scope: Scope, ref: ColumnRef, value: unknown): Condition {
  return value === null
    ? { kind: 'null', ref, negated: false }
    : { kind: 'compare', ref, operator: '=', value: stored(scope, ref, value) }
}

function comparison(scope: Scope, name: unknown, operator: unknown, value: unknown): Condition {
  const ref = refIn(scope, name)
  if (operator === 'in' || operator === 'not in') {
    if (!Array.isArray(value)) throw invalid(scope, `takes an array after '${operator}', not ${nameOf(value)}`)
    return madeCondition(membership(scope, ref, operator === 'not in', value))
  }
  if (!comparisons.includes(operator)) throw invalid(scope, `has no operator ${JSON.stringify(operator)}`)
  if (value === null) return madeCondition(nullTest(scope, ref, operator as Comparison))
  if (operator === 'like' || operator === 'not like') {
    if (typeof value !== 'string') throw invalid(scope, `takes a string after '${operator}', not ${nameOf(value)}`)
    return madeCondition({ kind: 'compare', ref, operator, value: value.toWellFormed() })
  }
  return madeCondition({ kind: 'compare', ref, operator: operator as Comparison, value: stored(scope, ref, value) })
}

function nullTest(scope: Scope, ref: ColumnRef, operator: Comparison): Condition {
  if (operator === '=' || operator === 'is') return { kind: 'null', ref, negated: false }
  if (operator === '!=' || operator === 'is not') return { kind: 'null', ref, negated: true }
  throw invalid(scope, `compares ${ref.column.name} ${operator} null, which never holds`)
}

function membership(scope: Scope, ref: ColumnRef, negated: boolean, list: readonly unknown[]): Condition {
  const values = checkedList(
    list.filter((value) => value !== null).map((value) => stored(scope, ref, value)),
    `${scope.title}.where: ${ref.column.name}`,
  )
  const among: Condition = { kind: 'in', ref, negated, values }
  if (values.length === list.length) return among
  // SQL's `in` never finds null; a list that names it means it.
  return { kind: negated ? 'and' : 'or', parts: [among, { kind: 'null', ref, negated }] }
}

function stored(scope: Scope, ref: ColumnRef, value: unknown): SqlValue {
  if (value === undefined) {
    throw invalid(scope, `was given undefined for ${ref.column.name}: use null for "no value", or leave it out`)
  }
  return ref.column.encode(value, 'query/invalid')
}

function invalid(scope: Scope, what: string): StoreError {
  return new StoreError('query/invalid', `${scope.title}.where ${what}`)
}
