import { invariant } from '../base/assert.ts'
import type { Savepoints } from './savepoints.ts'
import type { Standing } from './standing.ts'
import { BASE, type Position, type Undo } from './undo.ts'

/**
 * Undo by `ROLLBACK TO` an open savepoint: no cost per event, no growth (FACTS: 1,000 pending undone in 0.3 ms).
 * The second savepoint lets a session take back its own without the rest.
 */
export class SavepointUndo implements Undo {
  readonly grows = true
  readonly #savepoints: Savepoints

  constructor({ savepoints }: Standing) {
    invariant(savepoints, 'undo by savepoints where none are')
    this.#savepoints = savepoints
  }

  undoTo(wanted: Position): Position {
    const { mark } = this.#savepoints
    if (mark && mark.commits <= wanted.commits && mark.locals <= wanted.locals) {
      this.#savepoints.run('ROLLBACK TO livefold_mark')
      return mark
    }
    this.#savepoints.run('ROLLBACK TO livefold_base')
    this.#savepoints.mark = null
    return BASE
  }

  moveBase(): void {
    this.#savepoints.run('RELEASE livefold_base')
    this.#savepoints.run('SAVEPOINT livefold_base')
    this.#savepoints.mark = null
  }

  /** Nothing: a savepoint cannot let go of its beginning alone. */
  trim(): number {
    return 0
  }

  pendingFrom(): void {}

  unackedFrom(position: Position): void {
    this.#savepoints.unackedFrom(position)
  }

  pendingTo(): void {}
}
