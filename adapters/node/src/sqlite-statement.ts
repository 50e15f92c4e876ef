import type { StatementSync } from 'node:sqlite'
import {
  type Access,
  type Binds,
  type CachedStatement,
  type ColumnRead,
  countParameters,
  layoutOf,
  type Row,
  RowLayout,
  type RowShape,
  type SqliteStatement,
  type SqlValue,
} from '@livefold/core/adapter'
import { nodeBinds } from './sqlite-binds.ts'
import { isIntegerTooLarge, nodeError } from './sqlite-errors.ts'

/** A statement as the connection compiled it. */
export interface CompiledStatement {
  readonly statement: StatementSync
  readonly reads: readonly ColumnRead[]
  readonly writesRows: boolean
}

/** What a statement asks of its connection. */
export interface StatementOwner {
  /** @throws StoreError `query/invalid` | `store/closed` */
  compile(sql: string, access: Access | null): CompiledStatement
  /** Takes a statement, compiled again, back into the cache. */
  keep(statement: NodeStatement): void
  assertOpen(): void
}

const noBinds: Binds = []

/** A prepared statement of `node:sqlite`; see `SqliteStatement`. */
export class NodeStatement implements SqliteStatement, CachedStatement {
  readonly sql: string
  readonly access: Access | null
  /** Calls are synchronous and take all rows at once: between calls nothing is open. */
  readonly busy = false
  used = 0
  readonly #owner: StatementOwner
  readonly #parameters: number
  #compiled: CompiledStatement | null
  /** Names of the columns, nothing decoded. */
  #layout = new RowLayout([], [], '')
  /** Integers come as bigint, because one did not fit a number. */
  #bigInts = false

  constructor(owner: StatementOwner, sql: string, access: Access | null) {
    this.#owner = owner
    this.sql = sql
    this.access = access
    this.#parameters = countParameters(sql)
    this.#compiled = this.#compile()
  }

  get columns(): readonly string[] {
    return this.#layout.names
  }

  get reads(): readonly ColumnRead[] {
    return this.#current().reads
  }

  run(binds: Binds = noBinds): void {
    const { statement } = this.#current()
    const given = nodeBinds(binds, this.#parameters, this.sql)
    try {
      statement.run(...given)
    } catch (error) {
      throw nodeError(error, 'run', this.sql)
    }
  }

  rows(binds: Binds = noBinds, shape?: RowShape): Row[] {
    const cells = this.values(binds)
    const layout = shape === undefined ? this.#layout : layoutOf(shape, this.columns.length, this.sql)
    return cells.map((row) => layout.row(row, 0))
  }

  row(binds: Binds = noBinds, shape?: RowShape): Row | undefined {
    return this.rows(binds, shape)[0]
  }

  values(binds: Binds = noBinds): SqlValue[][] {
    const rows = this.#all(binds)
    // After a change of the schema `select *` may have other columns.
    if (rows[0] !== undefined && rows[0].length !== this.columns.length) this.#nameColumns(this.#current().statement)
    return rows
  }

  value(binds: Binds = noBinds): SqlValue | undefined {
    return this.#all(binds)[0]?.[0]
  }

  finalize(): void {
    this.#compiled = null
  }

  #all(binds: Binds): SqlValue[][] {
    const { statement } = this.#current()
    const given = nodeBinds(binds, this.#parameters, this.sql)
    try {
      const rows = statement.all(...given) as unknown as SqlValue[][]
      if (this.#bigInts) return toNumbers(rows)
      if (!rows.some(hasLeastInteger)) return rows
    } catch (error) {
      if (!isIntegerTooLarge(error)) throw nodeError(error, 'read', this.sql)
    }
    // Only a statement that writes nothing gets here: the others ask for bigint from the start.
    this.#bigInts = true
    statement.setReadBigInts(true)
    try {
      return toNumbers(statement.all(...given) as unknown as SqlValue[][])
    } catch (error) {
      throw nodeError(error, 'read', this.sql)
    }
  }

  #current(): CompiledStatement {
    this.#owner.assertOpen()
    if (this.#compiled === null) {
      this.#compiled = this.#compile()
      this.#owner.keep(this)
    }
    return this.#compiled
  }

  #compile(): CompiledStatement {
    const compiled = this.#owner.compile(this.sql, this.access)
    const { statement, writesRows } = compiled
    statement.setReturnArrays(true)
    this.#bigInts = writesRows
    statement.setReadBigInts(writesRows)
    this.#nameColumns(statement)
    return compiled
  }

  #nameColumns(statement: StatementSync): void {
    const names = statement.columns().map((column) => column.name)
    this.#layout = new RowLayout(names, [], this.sql)
  }
}

/** Integers that fit become numbers again. */
function toNumbers(rows: SqlValue[][]): SqlValue[][] {
  for (const row of rows) {
    for (let column = 0; column < row.length; column++) {
      const value = row[column]
      if (typeof value !== 'bigint') continue
      const number = Number(value)
      if (Number.isSafeInteger(number)) row[column] = number
    }
  }
  return rows
}

/** Node 24 takes the least 64-bit integer for one that fits a number. */
function hasLeastInteger(row: SqlValue[]): boolean {
  return row.includes(-(2 ** 63))
}
