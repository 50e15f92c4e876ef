import { invariant } from '../base/assert.ts'
import type { ChangesetRecorder, SqliteDriver } from '../sqlite/driver.ts'
import type { Position, Undo } from './undo.ts'

interface UndoRecord {
  readonly pos: number
  readonly ids: readonly string[]
}

/**
 * Undo by changesets kept in the database (`livefold_undo`), for a leader: one record per run of pending commits in a write
 * transaction, over the synced tables only. Recording begins after the transaction's confirmed part: a record
 * over both would undo confirmed work. A record lives until all its commits are confirmed.
 */
export class ChangesetUndo implements Undo {
  readonly grows = false
  readonly #driver: SqliteDriver
  readonly #tables: readonly string[]
  #records: UndoRecord[]
  #recorder: ChangesetRecorder | null = null

  constructor(driver: SqliteDriver, tables: readonly string[]) {
    this.#driver = driver
    this.#tables = tables
    this.#records = readUndoRecords(driver)
  }

  /** Ids of the commits applied since base, in order. */
  get applied(): string[] {
    return this.#records.flatMap((record) => record.ids)
  }

  undoTo(wanted: Position): Position {
    let end = this.#records.reduce((sum, record) => sum + record.ids.length, 0)
    while (end > wanted.commits) {
      const record = this.#records.pop()
      invariant(record, 'more commits applied than recorded')
      undoRecord(this.#driver, this.#driver, record.pos)
      this.#driver.prepare('DELETE FROM livefold_undo WHERE pos = ?').run([record.pos])
      end -= record.ids.length
    }
    return { commits: end, locals: wanted.locals }
  }

  moveBase(): void {
    if (this.#records.length === 0) return
    this.#driver.prepare('DELETE FROM livefold_undo').run()
    this.#records = []
  }

  trim(confirmed: number): number {
    let trimmed = 0
    let [first] = this.#records
    while (first && trimmed + first.ids.length <= confirmed) {
      this.#driver.prepare('DELETE FROM livefold_undo WHERE pos = ?').run([first.pos])
      trimmed += first.ids.length
      this.#records.shift()
      first = this.#records[0]
    }
    return trimmed
  }

  pendingFrom(): void {
    this.#recorder = this.#driver.record(this.#tables)
  }

  unackedFrom(): void {}

  pendingTo(ids: readonly string[]): void {
    const recorder = this.#recorder
    invariant(recorder, 'pendingTo without pendingFrom')
    this.#recorder = null
    const changeset = recorder.changeset()
    recorder.close()
    if (ids.length === 0) return
    const pos = (this.#records.at(-1)?.pos ?? 0) + 1
    this.#driver.prepare('INSERT INTO livefold_undo VALUES (?, ?, ?)').run([pos, JSON.stringify(ids), changeset])
    this.#records.push({ pos, ids: [...ids] })
  }

  /** Lets go of an unfinished recording, after a transaction was rolled back. */
  abandon(): void {
    this.#recorder?.close()
    this.#recorder = null
  }
}

function readUndoRecords(driver: SqliteDriver): UndoRecord[] {
  const rows = driver.prepare('SELECT pos, ids FROM livefold_undo ORDER BY pos').values()
  return rows.map(([pos, ids]) => ({ pos: Number(pos), ids: JSON.parse(String(ids)) as string[] }))
}

function undoRecord(from: SqliteDriver, on: SqliteDriver, pos: number): void {
  const changeset = from.prepare('SELECT changeset FROM livefold_undo WHERE pos = ?').value([pos])
  invariant(changeset instanceof Uint8Array, 'an undo record is missing')
  if (changeset.length > 0) on.apply(on.invert(changeset))
}

/** Takes everything recorded in `from` back on a copy of its state tables, newest first: the copy is then at base. */
export function undoAllOn(copy: SqliteDriver, from: SqliteDriver): void {
  for (const record of readUndoRecords(from).reverse()) undoRecord(from, copy, record.pos)
}
