import type { RowDelta } from '../replica/row-changes.ts'
import type { Basis, QueryPlan } from '../sql/query-plan.ts'
import { runPlan } from '../sql/run-plan.ts'
import type { Decode, Row, SqlValue } from '../sqlite/driver.ts'
import { type Maintained, Undecided } from './maintained.ts'
import type { QueryHost } from './query-host.ts'
import { shareValue } from './same-value.ts'
import { storedKey } from './stored-value.ts'
import { shareRow } from './structural-sharing.ts'

/** Changes of one row that are kept: the last of them tells everything. */
const MOST = 64

/** A column of the result. */
interface Cell {
  readonly name: string
  /** Of the table's column. */
  readonly place: number
  readonly decode: Decode | null
}

/** The row of a key. What a change tells of it is all of it, so that SQLite is not asked. One for all keys: it keeps nothing of any. */
export class MaintainedRow implements Maintained {
  readonly #cells: readonly Cell[]

  private constructor(cells: readonly Cell[]) {
    this.#cells = cells
  }

  static of({ frame }: Basis): MaintainedRow {
    return new MaintainedRow(
      frame.columns.map(({ name, ref: { column } }) => ({ name, place: column.place, decode: column.decode })),
    )
  }

  run({ driver, queryAccess }: QueryHost, previous: unknown, plan: QueryPlan): unknown {
    const row = runPlan(driver, plan, queryAccess)
    return row === undefined || previous === undefined ? row : shareRow(previous as Row, row as Row)
  }

  worth(changed: number): boolean {
    return changed < MOST
  }

  patch(_: QueryHost, previous: unknown, changed: readonly RowDelta[], { binds }: QueryPlan): unknown {
    let row = previous as Row | undefined
    for (let i = 0; i < changed.length; i++) {
      const delta = changed[i] as RowDelta
      assertKey(delta.key, binds)
      row = delta.after === null ? undefined : this.#next(row, delta.before, delta.after)
    }
    return row
  }

  #next(held: Row | undefined, before: readonly SqlValue[] | null, after: readonly SqlValue[]): Row {
    const row: Row = {}
    let same = held !== undefined
    for (let i = 0; i < this.#cells.length; i++) {
      const { name, place, decode } = this.#cells[i] as Cell
      const stored = after[place]
      // Changed before anyone looked at this column.
      if (stored === undefined) throw new Undecided()
      const known = held?.[name]
      if (held && before?.[place] === stored) row[name] = known
      else {
        const value = shareValue(known, decode && stored !== null ? decode(stored) : stored)
        if (value !== known) same = false
        row[name] = value
      }
    }
    return same ? (held as Row) : row
  }
}

/** A row that changed unwatched is told to everyone. */
function assertKey(key: readonly SqlValue[], wanted: readonly SqlValue[]): void {
  for (let i = 0; i < wanted.length; i++) {
    const [is, should] = [key[i] as SqlValue, wanted[i] as SqlValue]
    if (is !== should && storedKey(is) !== storedKey(should)) throw new Undecided()
  }
}
