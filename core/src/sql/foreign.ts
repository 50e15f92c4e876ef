import { messageOf, StoreError } from '../base/errors.ts'
import { type QueryPlan, sqlPlan } from './query-plan.ts'
import { bindable } from './tagged.ts'

/** Kysely's queries compile, to what is a query itself; Drizzle's give their SQL. */
interface Foreign {
  readonly compile?: unknown
  readonly toSQL?: unknown
  readonly sql?: unknown
  readonly parameters?: unknown
  readonly params?: unknown
}

type Compile = () => Foreign | null | undefined

/**
 * The plan of a query that another library built: Kysely (`compile()`, or what it gave) or Drizzle (`toSQL()`).
 * Null when the value is neither. Throws `query/invalid` for parameters SQLite cannot hold.
 */
export function foreignPlan(value: Foreign): QueryPlan | null {
  const compile = [value.compile, value.toSQL].find((member) => typeof member === 'function') as Compile | undefined
  if (!compile && !('sql' in value && 'parameters' in value)) return null
  const { sql, parameters, params = parameters } = (compile ? resultOf(() => compile.call(value)) : value) ?? {}
  if (typeof sql !== 'string' || !Array.isArray(params)) {
    throw new StoreError(
      'query/invalid',
      'a query of another library gave no SQL with its parameters: compile() gives { sql, parameters }, toSQL() { sql, params }',
    )
  }
  return sqlPlan(
    sql,
    params.map((param, i) => bindable(param, `parameter ${i + 1} of ${JSON.stringify(sql)}`)),
  )
}

function resultOf(compile: Compile): ReturnType<Compile> {
  try {
    return compile()
  } catch (error) {
    // Kysely's raw builders need their database: `sql`…`.compile(db)` is a query, they alone are not.
    throw new StoreError('query/invalid', `a query of another library did not compile: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
