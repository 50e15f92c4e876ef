import type { Access } from './driver.ts'

/** What the cache asks of a statement: it links them into its order of use, and finalizes the ones it drops. */
export interface CachedStatement {
  readonly sql: string
  readonly access: Access | null
  /** It runs right now, or its rows are being read. */
  readonly busy: boolean
  /** Frees what SQLite holds for it. The statement compiles itself again when it is used later. */
  finalize(): void
}

interface Entry<S> {
  readonly statement: S
  newer: Entry<S> | null
  older: Entry<S> | null
}

/** Compiled statements by access and text; beyond its capacity it finalizes the one used longest ago that is not busy. */
export class StatementCache<S extends CachedStatement> {
  readonly #capacity: number
  readonly #byAccess = new Map<string, Map<string, Entry<S>>>()
  #newest: Entry<S> | null = null
  #oldest: Entry<S> | null = null
  #size = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#size
  }

  get(sql: string, access: Access | null): S | null {
    const entry = this.#byAccess.get(access === null ? '' : access.name)?.get(sql)
    if (entry === undefined) return null
    if (entry !== this.#newest) {
      this.#unlink(entry)
      this.#link(entry)
    }
    return entry.statement
  }

  /** Keeps a statement; one held under the same access and text is finalized, or stays in its place while it runs. */
  put(statement: S): void {
    const name = statement.access === null ? '' : statement.access.name
    const held = this.#byAccess.get(name)?.get(statement.sql)
    if (held) {
      if (held.statement === statement || held.statement.busy) return
      this.#drop(held)
    }
    let bySql = this.#byAccess.get(name)
    if (!bySql) {
      bySql = new Map()
      this.#byAccess.set(name, bySql)
    }
    const entry: Entry<S> = { statement, newer: null, older: null }
    bySql.set(statement.sql, entry)
    this.#link(entry)
    this.#size++
    if (this.#size > this.#capacity) this.#evict(entry)
  }

  /** Finalizes every statement, busy ones too. */
  clear(): void {
    for (let entry = this.#newest; entry; entry = entry.older) entry.statement.finalize()
    this.#byAccess.clear()
    this.#newest = null
    this.#oldest = null
    this.#size = 0
  }

  #evict(kept: Entry<S>): void {
    for (let entry = this.#oldest; entry; entry = entry.newer) {
      if (entry === kept || entry.statement.busy) continue
      this.#drop(entry)
      return
    }
  }

  #drop(entry: Entry<S>): void {
    const { statement } = entry
    const name = statement.access === null ? '' : statement.access.name
    const bySql = this.#byAccess.get(name)
    bySql?.delete(statement.sql)
    if (bySql?.size === 0) this.#byAccess.delete(name)
    this.#unlink(entry)
    this.#size--
    statement.finalize()
  }

  #link(entry: Entry<S>): void {
    entry.older = this.#newest
    entry.newer = null
    if (this.#newest) this.#newest.newer = entry
    else this.#oldest = entry
    this.#newest = entry
  }

  #unlink(entry: Entry<S>): void {
    if (entry.newer) entry.newer.older = entry.older
    else this.#newest = entry.older
    if (entry.older) entry.older.newer = entry.newer
    else this.#oldest = entry.newer
  }
}
