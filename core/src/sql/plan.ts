import { nameOf } from '../schema/table-structure.ts'
import { foreignPlan } from './foreign.ts'
import { notQuery, type Plannable, type QueryPlan } from './query-plan.ts'

export type { QueryPlan } from './query-plan.ts'

/** Plans of immutable values of other libraries; ours keep their own. */
const foreignPlans = new WeakMap<object, QueryPlan>()

/**
 * The plan of anything that is a query: a table, a builder value, `queryDb(…)`, a tagged `sql`, a Kysely or Drizzle
 * query. Throws `query/invalid` for what is none, and for what cannot be bound.
 */
export function planOf(query: unknown): QueryPlan {
  if (typeof query !== 'object' || query === null) throw notQuery(nameOf(query))
  if ('toPlan' in query) return (query as Plannable).toPlan()
  const known = foreignPlans.get(query)
  if (known) return known
  const plan = foreignPlan(query)
  if (!plan) throw notQuery(nameOf(query))
  // Drizzle's builders change in place, so theirs are planned each time.
  if (!('toSQL' in query)) foreignPlans.set(query, plan)
  return plan
}
