import type { Access } from './driver.ts'

/** What the cache asks of a statement: when it was used, and to finalize what is dropped. */
export interface CachedStatement {
  readonly sql: string
  readonly access: Access | null
  /** It runs right now, or its rows are being read. */
  readonly busy: boolean
  /** The cache's count of uses when it was found last. Set by the cache alone. */
  used: number
  /** Frees what SQLite holds for it. The statement compiles itself again when it is used later. */
  finalize(): void
}

/** Compiled statements by access and text; beyond its capacity it finalizes the one used longest ago that is not busy. */
export class StatementCache<S extends CachedStatement> {
  readonly #capacity: number
  readonly #byAccess = new Map<string, Map<string, S>>()
  #uses = 0
  #size = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#size
  }

  get(sql: string, access: Access | null): S | null {
    const statement = this.#byAccess.get(access === null ? '' : access.name)?.get(sql)
    if (statement === undefined) return null
    statement.used = ++this.#uses
    return statement
  }

  /** Keeps a statement; one held under the same access and text is finalized, or stays in its place while it runs. */
  put(statement: S): void {
    const name = statement.access?.name ?? ''
    let bySql = this.#byAccess.get(name)
    if (!bySql) {
      bySql = new Map()
      this.#byAccess.set(name, bySql)
    }
    const held = bySql.get(statement.sql)
    if (held === statement || held?.busy) return
    if (held) this.#drop(held)
    bySql.set(statement.sql, statement)
    statement.used = ++this.#uses
    this.#size++
    if (this.#size > this.#capacity) this.#evict(statement)
  }

  /** Finalizes every statement, busy ones too. */
  clear(): void {
    for (const bySql of this.#byAccess.values()) for (const statement of bySql.values()) this.#drop(statement)
  }

  /** Searching all of them costs less than the compilation that made it necessary. */
  #evict(kept: S): void {
    let oldest: S | undefined
    for (const bySql of this.#byAccess.values()) {
      for (const statement of bySql.values()) {
        if (statement === kept || statement.busy) continue
        if (!oldest || statement.used < oldest.used) oldest = statement
      }
    }
    if (oldest) this.#drop(oldest)
  }

  #drop(statement: S): void {
    this.#byAccess.get(statement.access?.name ?? '')?.delete(statement.sql)
    this.#size--
    statement.finalize()
  }
}
