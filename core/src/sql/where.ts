import { StoreError } from '../base/errors.ts'
import { nameOf } from '../schema/table-structure.ts'
import type { SqlValue } from '../sqlite/driver.ts'
import { Condition, type ConditionForm, joined, single } from './condition.ts'
import { type ColumnRef, refIn, type Scope } from './source.ts'

type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'is' | 'is not' | 'like' | 'not like'

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

/** The form of `where` that takes a callback, for `or`, `and` and `not`. */
export type ConditionCallback<S> = (is: ConditionBuilder<S>) => ConditionOf<S>

const comparisons: readonly unknown[] = ['=', '!=', '<', '<=', '>', '>=', 'is', 'is not', 'like', 'not like']

/** SQLite takes at most 32,766 binds in one statement. */
const MAX_LIST = 30_000

/** An object of columns, as `where` takes it: neither a condition nor a list. */
export function isMatch(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Condition)
}

/** The condition that the arguments of a `where` call mean. Throws `query/invalid`. */
export function conditionFrom(scope: Scope, args: readonly unknown[]): Condition {
  const [first] = args
  if (args.length === 3) return comparison(scope, refIn(scope, first), args[1], args[2])
  if (args.length !== 1) throw invalid(scope, 'takes an object, a callback, or column, operator and value')
  return part(scope, typeof first === 'function' ? first(builderFor(scope)) : first)
}

function builderFor(scope: Scope): ConditionBuilder<Record<string, unknown>> {
  const compare = (column: string, operator: Operator, value: unknown) =>
    comparison(scope, refIn(scope, column), operator, value)
  const group =
    (joint: 'and' | 'or') =>
    (...conditions: unknown[]) =>
      joined(
        joint,
        conditions.map((condition) => part(scope, condition)),
      )
  const not = (condition: unknown) => {
    const { form, values } = part(scope, condition)
    return new Condition(single(`not (${form.sql})`, form.size), values)
  }
  return Object.assign(compare, { or: group('or'), and: group('and'), not })
}

function part(scope: Scope, value: unknown): Condition {
  if (value instanceof Condition) return value
  if (!isMatch(value)) {
    throw invalid(
      scope,
      `takes an object of columns, or a condition made by the callback's argument, not ${nameOf(value)}`,
    )
  }
  return joined(
    'and',
    Object.keys(value).map((name) => memberCondition(scope, refIn(scope, name), value[name])),
  )
}

/** What one member of a match means: null, one of a list, or equality. */
export function memberCondition(scope: Scope, ref: ColumnRef, value: unknown): Condition {
  return comparison(scope, ref, Array.isArray(value) && ref.column.type !== 'json' ? 'in' : '=', value)
}

/** `column = ?` */
export function equalForm(ref: ColumnRef): ConditionForm {
  return single(`${ref.text} = ?`, 1, [{ ref, places: [0] }])
}

function comparison(scope: Scope, ref: ColumnRef, operator: unknown, value: unknown): Condition {
  if (operator === 'in' || operator === 'not in') {
    if (!Array.isArray(value)) throw invalid(scope, `takes an array after '${operator}', not ${nameOf(value)}`)
    return membership(scope, ref, operator === 'not in', value)
  }
  if (!comparisons.includes(operator)) throw invalid(scope, `has no operator ${JSON.stringify(operator)}`)
  if (value === null) {
    const negated = operator === '!=' || operator === 'is not'
    if (negated || operator === '=' || operator === 'is') return nullTest(ref, negated)
    throw invalid(scope, `compares ${ref.column.name} ${operator} null, which never holds`)
  }
  if (operator === '=') return new Condition(equalForm(ref), [stored(scope, ref, value)])
  const sql = `${ref.text} ${operator} ?`
  if (operator === 'like' || operator === 'not like') {
    if (typeof value !== 'string') throw invalid(scope, `takes a string after '${operator}', not ${nameOf(value)}`)
    return new Condition(single(sql, 1), [value.toWellFormed()])
  }
  const pins = operator === 'is' ? [{ ref, places: [0] }] : []
  return new Condition(single(sql, 1, pins), [stored(scope, ref, value)])
}

function nullTest(ref: ColumnRef, negated: boolean): Condition {
  const form = negated
    ? single(`${ref.text} is not null`, 0)
    : single(`${ref.text} is null`, 0, [{ ref, places: [null] }])
  return new Condition(form, [])
}

function membership(scope: Scope, ref: ColumnRef, negated: boolean, list: readonly unknown[]): Condition {
  const values = list.filter((value) => value !== null).map((value) => stored(scope, ref, value))
  if (values.length > MAX_LIST) {
    const what = `${scope.title}.where: ${ref.column.name} in a list of ${values.length} values; the most is 30,000`
    throw new StoreError('query/invalid', `${what}. Use a join, or several queries`)
  }
  const sql = `${ref.text} ${negated ? 'not in' : 'in'} (${values.map(() => '?').join(', ')})`
  const pins = negated ? [] : [{ ref, places: values.map((_, place) => place) }]
  const among = new Condition(single(sql, values.length, pins), values)
  // SQL's `in` never finds null; a list that names it means it.
  return values.length === list.length ? among : joined(negated ? 'and' : 'or', [among, nullTest(ref, negated)])
}

/** Stored form of a value that a column is compared with. */
export function stored(scope: Scope, ref: ColumnRef, value: unknown): SqlValue {
  if (value === undefined) {
    throw invalid(scope, `was given undefined for ${ref.column.name}: use null for "no value", or leave it out`)
  }
  return ref.column.encode(value, 'query/invalid')
}

function invalid(scope: Scope, what: string): StoreError {
  return new StoreError('query/invalid', `${scope.title}.where ${what}`)
}
