import type { QueryPlan, QueryTemplate } from '../sql/query-plan.ts'
import { ListPlan } from './list-plan.ts'
import type { Maintained } from './maintained.ts'
import { MaintainedList } from './maintained-list.ts'
import { MaintainedTally } from './maintained-tally.ts'

/** What lists of one form share; null for those that can only be run again. */
const lists = new WeakMap<QueryTemplate, ListPlan | null>()

/** What keeps the result of a plan current; null when it can only be run again. */
export function maintainedOf(plan: QueryPlan): Maintained | null {
  const { template } = plan
  const { basis } = template
  if (basis === null) return null
  if (basis.of !== 'rows') return new MaintainedTally(plan, basis)
  let list = lists.get(template)
  if (list === undefined) {
    list = ListPlan.of(basis)
    lists.set(template, list)
  }
  return list && new MaintainedList(plan, list)
}
