import type { Row } from '../sqlite/driver.ts'
import { firstOf } from './binary-search.ts'

/** Rows in a chunk at first, and at most. One insertion into an array of 100,000 moves 100,000 places; into a chunk, these. */
const SIZE = 256
const MOST = 512

/** A long list that takes and loses rows anywhere, at a cost that hardly grows with its length. */
export class RowChunks {
  readonly #chunks: Row[][] = []
  #length: number

  constructor(rows: readonly Row[]) {
    this.#length = rows.length
    for (let start = 0; start < rows.length; start += SIZE) this.#chunks.push(rows.slice(start, start + SIZE))
  }

  get length(): number {
    return this.#length
  }

  at(place: number): Row {
    const { chunk, within } = this.#find(place)
    return (this.#chunks[chunk] as Row[])[within] as Row
  }

  /** The place of the first row for which `order` is not negative: before that row a new one goes. `order` rises along the list. */
  placeOf(order: (row: Row) => number): number {
    const chunk = firstOf(this.#chunks, (rows) => order(rows.at(-1) as Row))
    const rows = this.#chunks[chunk]
    if (!rows) return this.#length
    let place = firstOf(rows, order)
    for (let before = 0; before < chunk; before++) place += (this.#chunks[before] as Row[]).length
    return place
  }

  replace(place: number, row: Row): void {
    const { chunk, within } = this.#find(place)
    ;(this.#chunks[chunk] as Row[])[within] = row
  }

  remove(place: number): void {
    const { chunk, within } = this.#find(place)
    const rows = this.#chunks[chunk] as Row[]
    if (rows.length === 1) this.#chunks.splice(chunk, 1)
    else rows.splice(within, 1)
    this.#length--
  }

  insert(place: number, row: Row): void {
    const { chunk, within } = this.#find(place)
    const rows = this.#chunks[chunk]
    if (!rows) this.#chunks.push([row])
    else {
      rows.splice(within, 0, row)
      if (rows.length > MOST) this.#chunks.splice(chunk + 1, 0, rows.splice(SIZE))
    }
    this.#length++
  }

  toArray(): Row[] {
    return ([] as Row[]).concat(...this.#chunks)
  }

  /** The end of the list is the end of its last chunk. */
  #find(place: number): { chunk: number; within: number } {
    let within = place
    let chunk = 0
    const last = this.#chunks.length - 1
    for (; chunk < last; chunk++) {
      const { length } = this.#chunks[chunk] as Row[]
      if (within < length) break
      within -= length
    }
    return { chunk, within }
  }
}
