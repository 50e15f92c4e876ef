import type { DatabaseSync, Session } from 'node:sqlite'
import { type ChangesetRecorder, closedError } from '@livefold/core/adapter'
import { nodeError } from './sqlite-errors.ts'

/**
 * Records some tables: a session of `node:sqlite` takes one table or all of them, so there is one for each. A changeset
 * is a sequence of tables, hence joining them is joining bytes.
 */
export class NodeRecorder implements ChangesetRecorder {
  #sessions: readonly Session[] | null
  readonly #onClose: () => void

  constructor(database: DatabaseSync, tables: readonly string[], onClose: () => void) {
    const sessions: Session[] = []
    this.#onClose = onClose
    this.#sessions = sessions
    try {
      for (const table of tables) sessions.push(database.createSession({ table, db: 'main' }))
    } catch (error) {
      this.close()
      throw nodeError(error, 'run', 'record')
    }
  }

  changeset(): Uint8Array {
    if (this.#sessions === null) throw closedError()
    const parts: Uint8Array[] = []
    let size = 0
    for (const session of this.#sessions) {
      const part = session.changeset()
      if (part.length > 0) parts.push(part)
      size += part.length
    }
    if (parts.length === 1) return parts[0] as Uint8Array
    const whole = new Uint8Array(size)
    let at = 0
    for (const part of parts) {
      whole.set(part, at)
      at += part.length
    }
    return whole
  }

  close(): void {
    const sessions = this.#sessions
    if (sessions === null) return
    this.#sessions = null
    for (const session of sessions) session.close()
    this.#onClose()
  }
}
