import type { RowDelta } from '../replica/row-changes.ts'
import type { QueryPlan } from '../sql/plan.ts'
import type { Binds, Row } from '../sqlite/driver.ts'
import { ListEdition } from './list-edition.ts'
import { type Arrival, patchRows, type Stay } from './list-patch.ts'
import type { ListPlan, Place } from './list-plan.ts'
import { type Maintained, Undecided } from './maintained.ts'
import type { QueryHost } from './query-host.ts'
import type { RowChunks } from './row-chunks.ts'
import { assertDecided } from './stored-order.ts'
import { shareRow, shareRows } from './structural-sharing.ts'

/** Changed rows that are always patched; a patch of one costs about as much as four rows of a run. */
const MOST = 64

/** A row that matches now, and its place in the order. */
type Match = Arrival & { readonly place: Place }

/** What changed rows mean for a list. */
interface Changes {
  readonly stays: Stay[]
  /** Places of rows that leave, or move. */
  readonly left: number[]
  readonly matches: Match[]
}

/** Rows of one table that match a filter, in an order that tells them all apart; perhaps the first of them alone. */
export class MaintainedList implements Maintained {
  readonly #plan: QueryPlan
  readonly #list: ListPlan
  /** Of the filter. */
  readonly #values: Binds
  /** Null: all rows that match. */
  readonly #limit: number | null
  /** No row that matches is missing. Otherwise those that come after the last row are. */
  #complete = true

  constructor(plan: QueryPlan, list: ListPlan) {
    this.#plan = plan
    this.#list = list
    const size = plan.template.basis?.filter.size ?? 0
    this.#values = plan.binds.slice(0, size)
    this.#limit = (plan.binds[size] as number | undefined) ?? null
  }

  run(host: QueryHost, previous: unknown): ListEdition {
    const { sql, binds, identity } = this.#plan
    const rows = this.#rows(host, sql, binds)
    this.#complete = rows.length !== this.#limit
    const known = previous instanceof ListEdition ? previous.rows : (previous as readonly Row[] | undefined)
    const shared = known ? shareRows(known, rows, identity) : rows
    return previous instanceof ListEdition && shared === known ? previous : ListEdition.of(shared)
  }

  worth(changed: number, value: unknown): boolean {
    return changed < MOST || changed < (value as ListEdition).length / 4
  }

  patch(host: QueryHost, previous: unknown, changed: readonly RowDelta[]): ListEdition {
    const edition = previous as ListEdition
    const chunks = edition.chunks()
    const { stays, left, matches } = this.#changes(host, chunks, changed)
    // What comes after the last row is known only when nothing is missing there.
    const arrivals = this.#complete ? matches : matches.filter(({ into }) => into < chunks.length)
    arrivals.sort((a, b) => a.into - b.into || this.#list.compare(a.row, b.place))
    this.#complete = this.#fit(host, chunks, matches, left, arrivals)
    if (stays.length + left.length + arrivals.length === 0) return edition
    return edition.next(patchRows(chunks, stays, left.sort(ascending), arrivals))
  }

  #changes(host: QueryHost, chunks: RowChunks, changed: readonly RowDelta[]): Changes {
    const list = this.#list
    const changes: Changes = { stays: [], left: [], matches: [] }
    for (const { key, before, after } of changed) {
      assertDecided(key)
      const from = before ? this.#find(chunks, list.placeIn(before, key)) : -1
      const held = from < 0 ? null : chunks.at(from)
      const [found] = after ? this.#rows(host, list.rowSql, [...this.#values, ...key]) : []
      const place = found && list.placeOf(found)
      const row = held && found ? shareRow(held, found) : found
      if (row && place && held && list.compare(held, place) === 0) {
        if (row !== held) changes.stays.push({ row, from, before: held })
        continue
      }
      if (held) changes.left.push(from)
      if (row && place) changes.matches.push({ row, from, before: held, place, into: placeOf(chunks, list, place) })
    }
    return changes
  }

  /** Where the row of a place is; -1 when the list has none. */
  #find(chunks: RowChunks, place: Place): number {
    assertDecided(place)
    const found = placeOf(chunks, this.#list, place)
    return found < chunks.length && this.#list.compare(chunks.at(found), place) === 0 ? found : -1
  }

  /** Lets go of rows beyond the limit, or gets those that are missing. Gives whether the list is complete then. */
  #fit(host: QueryHost, chunks: RowChunks, matches: readonly Match[], left: number[], arrivals: Arrival[]): boolean {
    const limit = this.#limit
    if (limit === null) return true
    const { length } = chunks
    const spare = length - left.length + arrivals.length - limit
    if (spare > 0) {
      cut(length, left, arrivals, spare)
      return false
    }
    if (spare === 0 || this.#complete) return this.#complete
    const rows = this.#after(host, this.#list.placeOf(chunks.at(length - 1)), -spare)
    for (const row of rows) {
      const match = matches.find(({ place }) => this.#list.compare(row, place) === 0)
      arrivals.push(match ?? { row, into: length, from: -1, before: null })
    }
    return rows.length < -spare
  }

  #after(host: QueryHost, place: Place, count: number): Row[] {
    const { afterSql } = this.#list
    assertDecided(place)
    if (afterSql === null) throw new Undecided()
    return this.#rows(host, afterSql, [...this.#values, ...this.#list.afterBinds(place), count])
  }

  #rows({ driver, queryAccess }: QueryHost, sql: string, binds: Binds): Row[] {
    return driver.prepare(sql, queryAccess).rows(binds, this.#list.shape)
  }
}

function placeOf(chunks: RowChunks, list: ListPlan, place: Place): number {
  return chunks.placeOf((row) => list.compare(row, place))
}

/** Lets go of the last `spare` rows: some were there, some have just come. */
function cut(length: number, left: number[], arrivals: Arrival[], spare: number): void {
  const gone = new Set(left)
  let last = length - 1
  for (let count = 0; count < spare; count++) {
    while (gone.has(last)) last--
    const arrival = arrivals.at(-1)
    if (arrival && arrival.into > last) arrivals.pop()
    else left.push(last--)
  }
}

function ascending(a: number, b: number): number {
  return a - b
}
