import type { ListDelta } from '@livefold/core'
import { batch } from 'solid-js'
import { createStore, type SetStoreFunction, unwrap } from 'solid-js/store'

/**
 * A Solid store of rows that are its own: the rows of a query are shared between all its readers, and a Solid store writes into what it
 * holds.
 */
export class RowStore<R extends object> {
  readonly rows: readonly R[]
  readonly #set: SetStoreFunction<R[]>

  constructor() {
    const [rows, set] = createStore<R[]>([])
    this.rows = rows
    this.#set = set
  }

  replace(rows: readonly R[]): void {
    this.#set(rows.map(copy))
  }

  /** Rows that stay keep their object; a changed row is written where it changed. */
  apply({ removed, inserted, moved, updated }: ListDelta<R>): void {
    batch(() => {
      if (removed.length + inserted.length + moved.length > 0) {
        const before = unwrap(this.rows) as R[]
        const out = new Set([...removed, ...moved.map(({ from }) => from)])
        const next = before.filter((_, place) => !out.has(place))
        const put = [
          ...inserted.map(({ at, row }) => [at, copy(row)] as const),
          ...moved.map(({ from, to }) => [to, before[from] as R] as const),
        ]
        for (const [at, row] of put.sort(([a], [b]) => a - b)) next.splice(at, 0, row)
        this.#set(next)
      }
      for (const { at, before, row } of updated) this.#set(at, changes(before, row) as never)
    })
  }
}

function copy<R extends object>(row: R): R {
  return { ...row }
}

/** Columns that are shared by both rows did not change. */
function changes<R extends object>(before: R, after: R): Partial<R> {
  const changed: Partial<R> = {}
  for (const name in after) if (!Object.is(before[name], after[name])) changed[name] = after[name]
  return changed
}
