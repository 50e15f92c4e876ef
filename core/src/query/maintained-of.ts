import type { Basis, QueryTemplate } from '../sql/query-plan.ts'
import { ListPlan } from './list-plan.ts'
import type { MaintainedOf } from './maintained.ts'
import { MaintainedList } from './maintained-list.ts'
import { MaintainedRow } from './maintained-row.ts'
import { MaintainedTally } from './maintained-tally.ts'

/** What results of one form share; null for those that can only be run again. */
const shared = new WeakMap<QueryTemplate, ListPlan | MaintainedRow | null>()

export const maintainedOf: MaintainedOf = (plan) => {
  const { template } = plan
  const { basis } = template
  if (basis === null) return null
  if (basis.of !== 'rows' && basis.of !== 'row') return new MaintainedTally(plan, basis)
  let form = shared.get(template)
  if (form === undefined) {
    form = formOf(basis)
    shared.set(template, form)
  }
  return form instanceof ListPlan ? new MaintainedList(plan, form) : form
}

function formOf(basis: Basis): ListPlan | MaintainedRow | null {
  return basis.of === 'row' ? MaintainedRow.of(basis) : ListPlan.of(basis)
}
