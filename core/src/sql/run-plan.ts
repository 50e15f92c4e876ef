import type { Access, SqliteDriver } from '../sqlite/driver.ts'
import type { QueryPlan } from './plan.ts'

/** Runs a plan and gives what its definition promises: rows, the first row or undefined, or one value. */
export function runPlan(driver: SqliteDriver, plan: QueryPlan, access: Access): unknown {
  const rows = driver.prepare(plan.sql, access).rows(plan.binds, plan.shape ?? undefined)
  if (plan.result === 'rows') return rows
  const [first] = rows
  if (plan.result === 'first' || first === undefined) return first
  for (const name in first) return first[name]
  return undefined
}
