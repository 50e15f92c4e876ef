import type { RowDelta } from '../replica/row-changes.ts'
import type { Basis, QueryPlan } from '../sql/query-plan.ts'
import { runPlan } from '../sql/run-plan.ts'
import type { Decode, Row } from '../sqlite/driver.ts'
import { rowMaker } from '../sqlite/row-shape.ts'
import { type Maintained, Undecided } from './maintained.ts'
import type { QueryHost } from './query-host.ts'
import { shareValue } from './same-value.ts'
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
  /** The same as of rows that are read: one hidden class. */
  readonly #Blank: new () => Row

  private constructor(cells: readonly Cell[]) {
    this.#cells = cells
    this.#Blank = rowMaker(cells.length)
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

  patch(_: QueryHost, previous: unknown, changed: readonly RowDelta[]): unknown {
    let row = previous as Row | undefined
    for (let i = 0; i < changed.length; i++) {
      const delta = changed[i] as RowDelta
      row = delta.after === null ? undefined : this.#next(row, delta)
    }
    return row
  }

  #next(held: Row | undefined, { before, after, partial }: RowDelta): Row {
    // Perhaps there is no row that it could update.
    if (partial && !held) throw new Undecided()
    const row = new this.#Blank()
    let same = held !== undefined
    for (let i = 0; i < this.#cells.length; i++) {
      const { name, place, decode } = this.#cells[i] as Cell
      const stored = after?.[place]
      const known = held?.[name]
      if (stored === undefined) {
        // Changed before anyone looked at this column.
        if (!partial) throw new Undecided()
        row[name] = known
      } else if (held && before?.[place] === stored) row[name] = known
      else {
        const value = shareValue(known, decode && stored !== null ? decode(stored) : stored)
        if (value !== known) same = false
        row[name] = value
      }
    }
    return same ? (held as Row) : row
  }
}
