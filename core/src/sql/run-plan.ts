import type { Access, ReplicaDriver } from '../sqlite/driver.ts'
import type { QueryPlan } from './plan.ts'

/** Runs a plan and gives what its definition promises: rows, the first row or undefined, or one value. */
export function runPlan(driver: ReplicaDriver, plan: QueryPlan, access: Access): unknown {
  const { sql, shape, result } = plan.template
  const statement = driver.prepare(sql, access)
  if (result === 'rows') return statement.rows(plan.binds, shape ?? undefined)
  const first = statement.row(plan.binds, shape ?? undefined)
  if (result === 'first' || first === undefined) return first
  for (const name in first) return first[name]
  return undefined
}
