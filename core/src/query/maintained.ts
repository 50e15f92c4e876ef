import type { RowDelta } from '../replica/row-changes.ts'
import type { QueryPlan } from '../sql/plan.ts'
import type { QueryHost } from './query-host.ts'

/** Thrown where a JavaScript value does not tell what SQLite holds: ask SQLite. */
export class Undecided extends Error {}

/** What keeps the result of a plan current; null when it can only be run again. */
export type MaintainedOf = (plan: QueryPlan) => Maintained | null

/** How a result, or all results of one form, is kept current by the rows that change, instead of by running its query again. */
export interface Maintained {
  /**
   * Runs the query. Rows that did not change are taken from `previous`: an outcome of this, or an array.
   *
   * @throws Undecided when this state cannot be maintained
   */
  run(host: QueryHost, previous: unknown, plan: QueryPlan): unknown
  /** Whether to patch `value` is likely to cost less than a run, with so many changed rows already and one more. */
  worth(changed: number, value: unknown): boolean
  /**
   * What the last outcome has become. The same when nothing changed.
   *
   * @param changed each row once; the state has all of these changes
   * @throws Undecided before anything is changed: the query must be run again
   */
  patch(host: QueryHost, previous: unknown, changed: readonly RowDelta[], plan: QueryPlan): unknown
}
