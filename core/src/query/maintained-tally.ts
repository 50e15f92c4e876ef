import type { RowDelta } from '../replica/row-changes.ts'
import { quoteName } from '../sql/identifier.ts'
import type { QueryPlan } from '../sql/plan.ts'
import type { Basis } from '../sql/query-plan.ts'
import { runPlan } from '../sql/run-plan.ts'
import type { ColumnRef } from '../sql/source.ts'
import type { SqlValue } from '../sqlite/driver.ts'
import { type Maintained, Undecided } from './maintained.ts'
import type { QueryHost } from './query-host.ts'
import { assertDecided } from './stored-order.ts'

/** Changed rows that are always patched: a run costs about as much as one for every 32 rows it counts. */
const MOST = 64

/** Whether a row matches the filter: a statement over the values of the columns at these places, then the filter's. */
interface Match {
  readonly sql: string
  readonly places: readonly number[]
}

/** The number of rows that match a filter, or the sum of a column of integers over them. */
export class MaintainedTally implements Maintained {
  readonly #plan: QueryPlan
  readonly #basis: Basis
  readonly #of: 'count' | ColumnRef
  /** Made with the first patch. */
  #match: Match | null = null

  constructor(plan: QueryPlan, basis: Basis, of: 'count' | ColumnRef) {
    this.#plan = plan
    this.#basis = basis
    this.#of = of
  }

  run({ driver, queryAccess }: QueryHost): unknown {
    return runPlan(driver, this.#plan, queryAccess)
  }

  worth(changed: number, value: unknown): boolean {
    return changed < MOST || changed < (value as number) / 32
  }

  patch(host: QueryHost, previous: unknown, changed: readonly RowDelta[]): unknown {
    let total = exact(previous)
    for (const { before, after } of changed) {
      total = exact(exact(total - this.#part(host, before)) + this.#part(host, after))
    }
    return total
  }

  /** What a row adds. */
  #part(host: QueryHost, row: readonly SqlValue[] | null): number {
    if (!row || !this.#matches(host, row)) return 0
    const of = this.#of
    if (typeof of === 'string') return 1
    const value = row[of.column.place]
    return value === null ? 0 : exact(value)
  }

  #matches(host: QueryHost, row: readonly SqlValue[]): boolean {
    if (this.#basis.filter.condition === null) return true
    this.#match ??= this.#matchOf(host)
    const values = this.#match.places.map((place) => row[place] as SqlValue)
    assertDecided(values)
    return host.driver.prepare(this.#match.sql, host.queryAccess).value([...values, ...this.#plan.binds]) === 1
  }

  #matchOf({ driver, queryAccess }: QueryHost): Match {
    const { table, title } = this.#basis.frame.source
    const { reads } = driver.prepare(this.#plan.sql, queryAccess)
    const columns = table.columns.filter(({ name }) => reads.some(({ column }) => column === name))
    const types = table.ddl.columns.map(({ type }) => type.storage)
    const list = columns.map(({ name, place }) => `cast(? as ${types[place]}) as ${quoteName(name)}`)
    return {
      // The types decide how SQLite compares. Of `in ()` no column is left to read.
      sql: `select 1 from (select ${list.join(', ') || '0'}) as ${quoteName(title)} ${this.#basis.filter.sql}`,
      places: columns.map(({ place }) => place),
    }
  }
}

/** An integer that a number holds exactly, beyond doubt. */
function exact(value: unknown): number {
  if (Number.isSafeInteger(value)) return value as number
  throw new Undecided()
}
