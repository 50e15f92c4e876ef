import type { Basis, QueryTemplate } from '../sql/query-plan.ts'
import { keyEquals } from '../sql/source.ts'
import type { Window } from '../sql/window.ts'
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
  const { of } = basis
  if (of === 'count' || 'column' in of) return new MaintainedTally(plan, basis, of)
  let form = shared.get(template)
  if (form === undefined) {
    form = formOf(basis, of)
    shared.set(template, form)
  }
  return form instanceof ListPlan ? new MaintainedList(plan, form) : form
}

function formOf(basis: Basis, { first, limit, offset }: Window): ListPlan | MaintainedRow | null {
  if (offset !== null) return null
  if (!first) return ListPlan.of(basis)
  // The filter compares the key with the plan's values, in key order, and does nothing else: one row matches or none.
  const one = limit === null && basis.filter.condition === keyEquals(basis.frame.source)
  return one ? MaintainedRow.of(basis) : null
}
