import { StoreError } from '../base/errors.ts'
import type { SqlValue } from '../sqlite/driver.ts'
import type { ColumnRef } from './source.ts'

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'is' | 'is not' | 'like' | 'not like'

/** A condition with its values in stored form. SQL's three-valued logic holds: a comparison with a null column is neither true nor false. */
export type Condition =
  | { readonly kind: 'compare'; readonly ref: ColumnRef; readonly operator: Comparison; readonly value: SqlValue }
  | { readonly kind: 'null'; readonly ref: ColumnRef; readonly negated: boolean }
  | { readonly kind: 'in'; readonly ref: ColumnRef; readonly negated: boolean; readonly values: readonly SqlValue[] }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }

/** Conditions made by a `where` callback are frozen into this set, so that no object of the app passes for one. */
const made = new WeakSet<object>()

export function madeCondition<C extends Condition>(condition: C): C {
  made.add(condition)
  return condition
}

export function isCondition(value: unknown): value is Condition {
  return typeof value === 'object' && value !== null && made.has(value)
}

/** SQL of a condition; its values go to the end of `binds`, in order. */
export function conditionSql(condition: Condition, binds: SqlValue[]): string {
  switch (condition.kind) {
    case 'compare':
      binds.push(condition.value)
      return condition.operator === '=' ? condition.ref.equals : `${condition.ref.text} ${condition.operator} ?`
    case 'null':
      return `${condition.ref.text} is ${condition.negated ? 'not null' : 'null'}`
    case 'in':
      binds.push(...condition.values)
      return `${condition.ref.text} ${condition.negated ? 'not in' : 'in'} (${condition.values.map(() => '?').join(', ')})`
    case 'not':
      return `not (${conditionSql(condition.part, binds)})`
    default:
      return groupSql(condition.kind, condition.parts, binds)
  }
}

function groupSql(kind: 'and' | 'or', parts: readonly Condition[], binds: SqlValue[]): string {
  // No condition at all: `and` of nothing holds, `or` of nothing does not.
  if (parts.length === 0) return kind === 'and' ? '1' : '0'
  if (parts.length === 1) return conditionSql(parts[0] as Condition, binds)
  return parts
    .map((part) =>
      part.kind === 'and' || part.kind === 'or' ? `(${conditionSql(part, binds)})` : conditionSql(part, binds),
    )
    .join(` ${kind} `)
}

/** Several conditions that must all hold, as one. */
export function allOf(conditions: readonly Condition[]): Condition | null {
  if (conditions.length === 0) return null
  return conditions.length === 1 ? (conditions[0] as Condition) : { kind: 'and', parts: conditions }
}

/** A list of stored values, checked: SQLite takes at most 32,766 binds in one statement. */
export function checkedList(values: readonly SqlValue[], where: string): readonly SqlValue[] {
  if (values.length <= 30_000) return values
  throw new StoreError(
    'query/invalid',
    `${where} in a list of ${values.length} values; the most is 30,000. Use a join, or several queries`,
  )
}
