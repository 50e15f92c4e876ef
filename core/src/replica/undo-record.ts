import { invariant } from '../base/assert.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'

/** Takes back on `on` what a leader has recorded in `from` under this position. */
export function undoRecord(from: SqliteDriver, on: SqliteDriver, pos: number): void {
  const changeset = from.prepare('SELECT changeset FROM livefold_undo WHERE pos = ?').value([pos])
  invariant(changeset instanceof Uint8Array, 'an undo record is missing')
  if (changeset.length > 0) on.apply(on.invert(changeset))
}

/** Takes everything recorded in `from` back on a copy of its state tables, newest first: the copy is then at base. */
export function undoAllOn(copy: SqliteDriver, from: SqliteDriver): void {
  for (const [pos] of from.prepare('SELECT pos FROM livefold_undo ORDER BY pos DESC').values()) {
    undoRecord(from, copy, Number(pos))
  }
}
