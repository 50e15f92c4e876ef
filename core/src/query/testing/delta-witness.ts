import { isDeepStrictEqual } from 'node:util'
import { rowsOf } from '../edition.ts'
import type { ListDelta } from '../list-delta.ts'
import { openSource, QueryObserver } from '../observer.ts'
import type { QueryEngine } from '../query-engine.ts'

/** Follows a list by what it is told alone: the array it began with, and deltas. */
export class DeltaWitness {
  readonly #engine: QueryEngine
  readonly #definition: unknown
  readonly #observer: QueryObserver
  #rows: readonly unknown[]
  /** How often a delta was told, and how often there was none. */
  deltas = 0
  misses = 0

  constructor(engine: QueryEngine, definition: unknown) {
    this.#engine = engine
    this.#definition = definition
    this.#observer = new QueryObserver(openSource(engine), definition)
    this.#observer.subscribe(() => this.#hear())
    this.#rows = this.#observer.current as readonly unknown[]
  }

  /** What it knows is the value, row for row the same objects. */
  check(): void {
    const now = this.#engine.query(this.#definition) as readonly unknown[]
    const same = this.#rows.length === now.length && now.every((row, i) => row === this.#rows[i])
    if (!same)
      throw new Error(`deltas lead to ${JSON.stringify(this.#rows, plain)}, the value is ${JSON.stringify(now, plain)}`)
  }

  #hear(): void {
    const { delta } = this.#observer
    if (delta) {
      this.deltas++
      const next = replay(this.#rows, delta)
      if (isDeepStrictEqual(next, this.#rows)) throw new Error('a delta without a change')
      this.#rows = next
      return
    }
    this.misses++
    this.#rows = rowsOf(this.#observer.current) as readonly unknown[]
  }
}

/** Follows the instructions of `ListDelta`. */
export function replay(before: readonly unknown[], delta: ListDelta): unknown[] {
  const out = new Set([...delta.removed, ...delta.moved.map(({ from }) => from)])
  if (
    !isAscending(delta.removed, true) ||
    !isAscending(
      delta.moved.map(({ to }) => to),
      true,
    )
  )
    throw new Error(`a delta out of order: ${JSON.stringify(delta, plain)}`)
  const rows = before.filter((_, place) => !out.has(place))
  const put = [...delta.inserted, ...delta.moved.map(({ to, row }) => ({ at: to, row }))].sort((a, b) => a.at - b.at)
  for (const { at, row } of put) rows.splice(at, 0, row)
  for (const { at, row } of delta.updated) rows[at] = row
  return rows
}

function isAscending(places: readonly number[], strictly: boolean): boolean {
  return places.every(
    (place, i) => i === 0 || (strictly ? place > (places[i - 1] as number) : place >= (places[i - 1] as number)),
  )
}

function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value
}
