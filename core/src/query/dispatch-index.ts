import type { ChangeBatch, Watch } from '../replica/row-changes.ts'
import type { AnySchema } from '../schema/schema.ts'
import { type Pin, pinsOf } from '../sql/pins.ts'
import type { QueryPlan } from '../sql/plan.ts'
import type { ColumnRead, SqlValue } from '../sqlite/driver.ts'
import type { LiveQuery } from './live-query.ts'
import { maintainedOf } from './maintained-of.ts'
import { MaintainedRow } from './maintained-row.ts'
import { storedKey } from './stored-value.ts'
import { type Interest, type PinKeys, type PinnedColumn, type PointForm, TableDispatch } from './table-dispatch.ts'

/** Up to here a search through an array beats a set. */
const FEW_KEYS = 8

const nothing: readonly number[] = []
const unpinned: readonly PinnedColumn[] = []

/** What a statement reads of one table: places of columns, none when only the number of rows matters. */
type TableReads = PointForm

/** How a query is filed; what `remove` takes. */
export type Filed = PointForm | readonly Interest[]

/**
 * From changed rows to the queries they can matter to, at a cost that grows with those queries and not with all.
 * It may name a query too many (whose re-run then finds nothing new), never one too few.
 */
export class DispatchIndex implements Required<Watch> {
  readonly #tables: ReadonlyMap<string, TableDispatch>
  // Statements are shared by the queries that differ in their binds alone, and so is the work on their reads.
  readonly #reads = new WeakMap<readonly ColumnRead[], readonly TableReads[]>()

  constructor(schema: AnySchema) {
    this.#tables = new Map([...schema.tables].map(([name, table]) => [name, new TableDispatch(table)]))
  }

  columns(table: string): readonly number[] {
    return this.#tables.get(table)?.columns ?? nothing
  }

  rowsAlone(table: string): boolean {
    return this.#tables.get(table)?.rowsAlone ?? false
  }

  /**
   * Files a query under all tables that it reads.
   *
   * @param reads of its compiled statement
   */
  add(query: LiveQuery, plan: QueryPlan, reads: readonly ColumnRead[]): Filed {
    const tables = this.#readsOf(reads)
    const [only] = tables
    if (only && plan.result === 'first' && maintainedOf(plan) instanceof MaintainedRow) {
      only.table.addPoint(query, only)
      return only
    }
    const all = pinsOf(plan)
    // Mapped, not pushed: there are many of these lists, and pushing would leave each with room for sixteen more.
    return tables.map(({ table, reads: places }) => {
      const pins = all ? pinsOn(table, all) : unpinned
      const interest = { query, table, pins, reads: withPins(places, pins), filed: null }
      table.add(interest)
      return interest
    })
  }

  remove(query: LiveQuery, filed: Filed): void {
    if ('reads' in filed) filed.table.removePoint(query, filed)
    else for (const interest of filed) interest.table.remove(interest)
  }

  /** Adds the queries that the changed rows can matter to, each once until it is outdated. */
  collect(batch: ChangeBatch, into: LiveQuery[]): void {
    for (let i = 0; i < batch.length; i++) {
      const [table, deltas] = batch[i] as ChangeBatch[number]
      this.#tables.get(table)?.collect(deltas, into)
    }
  }

  #readsOf(reads: readonly ColumnRead[]): readonly TableReads[] {
    let found = this.#reads.get(reads)
    if (!found) {
      found = this.#placesOf(reads)
      this.#reads.set(reads, found)
    }
    return found
  }

  #placesOf(reads: readonly ColumnRead[]): readonly TableReads[] {
    const byTable = new Map<TableDispatch, Set<number>>()
    for (const { table: name, column } of reads) {
      const table = this.#tables.get(name)
      // Table-valued functions and the schema table are not state: nothing of theirs changes.
      if (!table) continue
      const places = byTable.get(table) ?? new Set()
      byTable.set(table, places)
      if (column === '') continue
      const place = table.placeOf(column)
      // A name that is no column of ours (`rowid`) may mean any of them.
      for (const each of place === undefined ? table.places() : [place]) places.add(each)
    }
    return [...byTable].map(([table, places]) => ({ table, reads: [...places], pins: unpinned }))
  }
}

function pinsOn(table: TableDispatch, pins: readonly Pin[]): readonly PinnedColumn[] {
  const own = pins.filter((pin) => pin.table === table.name && table.placeOf(pin.column) !== undefined)
  return own.map(({ column, values }) => ({ place: table.placeOf(column) as number, keys: pinKeys(values) }))
}

function pinKeys(values: readonly SqlValue[]): PinKeys {
  if (values.length === 1) return storedKey(values[0] as SqlValue)
  const keys = new Set(values.map(storedKey))
  return keys.size > FEW_KEYS ? keys : [...keys]
}

/** The pinned columns are among the reads of any sensible statement; here it matters too much to trust. */
function withPins(places: readonly number[], pins: readonly PinnedColumn[]): readonly number[] {
  return pins.every(({ place }) => places.includes(place))
    ? places
    : [...new Set([...places, ...pins.map(({ place }) => place)])]
}
