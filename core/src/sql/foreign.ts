import { messageOf, StoreError } from '../base/errors.ts'
import { type QueryPlan, sqlPlan } from './query-plan.ts'
import { bindable } from './tagged.ts'

/**
 * The plan of a query that another library built: Kysely (`compile()`, or what it gave) or Drizzle (`toSQL()`).
 * Null when the value is neither. Throws `query/invalid` for parameters SQLite cannot hold.
 */
export function foreignPlan(value: object): QueryPlan | null {
  if ('compile' in value && typeof value.compile === 'function')
    return compiled(
      resultOf(() => (value as Compilable).compile()),
      'parameters',
    )
  if ('toSQL' in value && typeof value.toSQL === 'function')
    return compiled(
      resultOf(() => (value as SqlGiver).toSQL()),
      'params',
    )
  if ('sql' in value && 'parameters' in value) return compiled(value, 'parameters')
  return null
}

interface Compilable {
  compile(): unknown
}

interface SqlGiver {
  toSQL(): unknown
}

function resultOf(compile: () => unknown): unknown {
  try {
    return compile()
  } catch (error) {
    // Kysely's raw builders need their database: `sql`…`.compile(db)` is a query, they alone are not.
    throw new StoreError('query/invalid', `a query of another library did not compile: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

function compiled(result: unknown, member: 'parameters' | 'params'): QueryPlan {
  const { sql, [member]: params } = (result ?? {}) as { sql?: unknown; parameters?: unknown; params?: unknown }
  if (typeof sql !== 'string' || !Array.isArray(params)) {
    throw new StoreError(
      'query/invalid',
      `a query's ${member === 'params' ? 'toSQL()' : 'compile()'} gave no { sql, ${member} }`,
    )
  }
  return sqlPlan(
    sql,
    params.map((param, i) => bindable(param, `parameter ${i + 1} of ${JSON.stringify(sql)}`)),
  )
}
