import { invariant } from '../base/assert.ts'
import { StoreError, type StoreErrorData } from '../base/errors.ts'
import type { EventId } from '../protocol/event-record.ts'
import type { ChangesetRecorder, SqliteDriver } from '../sqlite/driver.ts'
import type { AppliedCommit, Position, Undo } from './undo.ts'
import { undoRecord } from './undo-record.ts'

interface UndoRecord {
  readonly pos: number
  readonly applied: readonly AppliedCommit[]
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

  /** The commits applied since base, in order. */
  get applied(): AppliedCommit[] {
    return this.#records.flatMap((record) => record.applied)
  }

  undoTo(wanted: Position): Position {
    let end = this.#records.reduce((sum, record) => sum + record.applied.length, 0)
    while (end > wanted.commits) {
      const record = this.#records.pop()
      invariant(record, 'more commits applied than recorded')
      undoRecord(this.#driver, this.#driver, record.pos)
      this.#driver.prepare('DELETE FROM livefold_undo WHERE pos = ?').run([record.pos])
      end -= record.applied.length
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
    while (first && trimmed + first.applied.length <= confirmed) {
      this.#driver.prepare('DELETE FROM livefold_undo WHERE pos = ?').run([first.pos])
      trimmed += first.applied.length
      this.#records.shift()
      first = this.#records[0]
    }
    return trimmed
  }

  pendingFrom(): void {
    this.#recorder = this.#driver.record(this.#tables)
  }

  unackedFrom(): void {}

  pendingTo(applied: readonly AppliedCommit[]): void {
    invariant(this.#recorder, 'pendingTo without pendingFrom')
    const changeset = this.#recorder.changeset()
    this.abandon()
    if (applied.length === 0) return
    const pos = (this.#records.at(-1)?.pos ?? 0) + 1
    this.#driver
      .prepare('INSERT INTO livefold_undo (pos, ids, errors, changeset) VALUES (?, ?, ?, ?)')
      .run([pos, JSON.stringify(applied.map(({ id }) => id)), errorsText(applied), changeset])
    this.#records.push({ pos, applied: [...applied] })
  }

  /** Lets go of the recording; after a failure of its transaction too. */
  abandon(): void {
    this.#recorder?.close()
    this.#recorder = null
  }
}

function readUndoRecords(driver: SqliteDriver): UndoRecord[] {
  const rows = driver.prepare('SELECT pos, ids, errors FROM livefold_undo ORDER BY pos').values()
  return rows.map(([pos, ids, errors]) => {
    const failed = JSON.parse(String(errors)) as Record<EventId, StoreErrorData>
    const applied = (JSON.parse(String(ids)) as EventId[]).map((id) => {
      const error = failed[id]
      return { id, error: error ? StoreError.from(error) : null }
    })
    return { pos: Number(pos), applied }
  })
}

/** The errors of commits without effect, by id. */
function errorsText(applied: readonly AppliedCommit[]): string {
  return JSON.stringify(Object.fromEntries(applied.flatMap(({ id, error }) => (error ? [[id, error.toJSON()]] : []))))
}
