import type { QueryTemplate } from '../sql/query-plan.ts'
import { ListPlan } from './list-plan.ts'
import type { MaintainedOf } from './maintained.ts'
import { MaintainedList } from './maintained-list.ts'
import { MaintainedTally } from './maintained-tally.ts'

/** What lists of one form share; null for those that can only be run again. */
const lists = new WeakMap<QueryTemplate, ListPlan | null>()

export const maintainedOf: MaintainedOf = (plan) => {
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
