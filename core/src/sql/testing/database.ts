import sqlite3InitModule from '@sqlite.org/sqlite-wasm'
import { createTableSql } from '../../schema/table-sql.ts'
import type { Table } from '../../schema/table-structure.ts'
import type { Binds, Row, SqliteDriver } from '../../sqlite/driver.ts'
import { openWasmDriver } from '../../sqlite/open-wasm-driver.ts'
import type { Sqlite3Static } from '../../sqlite/sqlite3.ts'
import { planOf } from '../plan.ts'
import type { ResultOf } from '../query.ts'
import { type MaterializerResult, type WriteSource, writesOf } from '../write.ts'

interface Refillable {
  delete(): WriteSource
  // biome-ignore lint/suspicious/noExplicitAny: rows of every table
  insert(row: any): WriteSource
}

const sqlite3 = (await sqlite3InitModule()) as unknown as Sqlite3Static

/** A real SQLite in memory, with some tables, for tests of definitions. */
export class TestDatabase {
  readonly driver: SqliteDriver = openWasmDriver(sqlite3)

  constructor(...tables: readonly Table[]) {
    for (const table of tables) for (const statement of createTableSql(table.ddl)) this.driver.exec(statement)
  }

  /** Runs what a materializer would return. */
  write(result: MaterializerResult): void {
    for (const { sql, binds } of writesOf(result)) this.driver.prepare(sql).run(binds)
  }

  /** Empties a table and fills it again; cheaper than a new database for each of many examples. */
  refill<T extends Refillable>(table: T, rows: readonly Parameters<T['insert']>[0][]): void {
    this.write([table.delete(), ...rows.map((row) => table.insert(row))])
  }

  query<Q>(query: Q): ResultOf<Q> {
    const { sql, binds, shape, result } = planOf(query)
    const statement = this.driver.prepare(sql)
    const rows = statement.rows(binds, shape ?? undefined)
    if (result === 'rows') return rows as ResultOf<Q>
    if (result === 'first') return rows[0] as ResultOf<Q>
    return Object.values(rows[0] as Row)[0] as ResultOf<Q>
  }

  stored(sql: string, binds: Binds = []): unknown[][] {
    return this.driver.prepare(sql).values(binds)
  }
}
