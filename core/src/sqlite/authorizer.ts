import { messageOf } from '../base/errors.ts'
import type { Access, AccessAction, ColumnRead } from './driver.ts'

const SQLITE_OK = 0
const SQLITE_DENY = 1
const SQLITE_IGNORE = 2

const DELETE = 9
const READ = 20

/** `SQLITE_DROP_TABLE`, `_TEMP_TABLE`, `_TEMP_VIEW`, `_VIEW`, `_VTABLE`: each is followed by a delete of the same name. */
const drops: ReadonlySet<number> = new Set([11, 13, 15, 17, 30])

/** What was learned about a statement while it was compiled. */
export interface Compilation<T> {
  readonly result: T
  readonly reads: readonly ColumnRead[]
  /** Why the access refused it; null when it did not. */
  readonly refusal: string | null
}

/**
 * SQLite's authorizer, one per connection and never changed: setting another expires every compiled statement. It hands
 * each action to the access of the compilation that is going on, and gathers what the statement reads.
 */
export class Authorizer {
  #compiling = false
  #access: Access | null = null
  #reads: ColumnRead[] = []
  #refusal: string | null = null
  #dropped: string | null = null

  /** Runs one compilation under an access (null: anything goes). */
  compile<T>(access: Access | null, run: () => T): Compilation<T> {
    this.#compiling = true
    this.#access = access
    this.#reads = []
    this.#refusal = null
    try {
      return { result: run(), reads: this.#reads, refusal: this.#refusal }
    } finally {
      this.#compiling = false
      this.#access = null
      this.#reads = []
    }
  }

  /**
   * SQLite's question, answered with its code. Never throws: it is called from within SQLite. Recompilations that
   * SQLite starts by itself were allowed before and pass.
   */
  readonly decide = (code: number, first: string | null, second: string | null): number => {
    if (this.#compiling) {
      if (code === READ) this.#addRead(first ?? '', second ?? '')
      if (this.#access !== null) {
        const refusal = refuse(this.#access, { code, first, second })
        if (refusal !== null) {
          this.#refusal ??= refusal
          return SQLITE_DENY
        }
      }
    }
    return this.#allow(code, first)
  }

  // "Ignore" for a delete means: delete row by row, not by clearing the whole table. Only so do hook and recorder hear of
  // a DELETE without WHERE that was compiled before they were there. A DROP asks about a delete too, and must hear "ok".
  #allow(code: number, first: string | null): number {
    const dropped = this.#dropped
    this.#dropped = drops.has(code) ? first : null
    if (code !== DELETE || first === null || first === dropped || first.startsWith('sqlite_')) return SQLITE_OK
    return SQLITE_IGNORE
  }

  #addRead(table: string, column: string): void {
    for (const read of this.#reads) if (read.table === table && read.column === column) return
    this.#reads.push({ table, column })
  }
}

function refuse(access: Access, action: AccessAction): string | null {
  try {
    return access.refuse(action)
  } catch (error) {
    return messageOf(error)
  }
}
