import sqlite3InitModule from '@sqlite.org/sqlite-wasm'
import { queryAccess } from '../../replica/access.ts'
import { ChangeCollector } from '../../replica/change-collector.ts'
import {
  anyRow,
  type ChangeBatch,
  type CollectorSource,
  type RowChanges,
  UnknownChanges,
  type Watch,
} from '../../replica/row-changes.ts'
import type { AnySchema } from '../../schema/schema.ts'
import { createTableSql } from '../../schema/table-sql.ts'
import type { Table } from '../../schema/table-structure.ts'
import { type WriteOperation, type WriteSource, writesOf } from '../../sql/write.ts'
import type { SqliteDriver } from '../../sqlite/driver.ts'
import { openWasmDriver } from '../../sqlite/open-wasm-driver.ts'
import type { Sqlite3Static } from '../../sqlite/sqlite3.ts'
import type { QueryHost } from '../query-host.ts'

const sqlite3 = (await sqlite3InitModule()) as unknown as Sqlite3Static

/** The change feed of a replica without its log: SQLite in memory, commits, and an undo to base by savepoint. */
export class TestHost implements QueryHost {
  readonly schema: AnySchema
  readonly driver: SqliteDriver
  readonly queryAccess = queryAccess
  onChange: ((batch: ChangeBatch) => void) | null = null
  /** How many rows were told of by what an update set alone. */
  partial = 0
  #collector: RowChanges
  /** Written since base, or tried. */
  #since: WriteOperation[] = []

  constructor(tables: readonly Table[], source: CollectorSource = () => ChangeCollector) {
    this.schema = { tables: new Map(tables.map((table) => [table.name, table])) } as unknown as AnySchema
    this.driver = openWasmDriver(sqlite3)
    for (const table of tables) for (const sql of createTableSql(table.ddl)) this.driver.exec(sql)
    this.#collector = new UnknownChanges(this.driver, this.schema, source).next(true)
    this.driver.exec('SAVEPOINT base')
  }

  get watch(): Watch {
    return this.#collector.watch
  }

  set watch(watch: Watch) {
    this.#collector.watch = watch
  }

  /** Applies writes as one commit. A failing one leaves nothing behind. */
  commit(...writes: readonly WriteSource[]): void {
    this.driver.exec('SAVEPOINT one')
    try {
      this.#write(writes)
    } catch (error) {
      this.driver.exec('ROLLBACK TO one')
      this.driver.exec('RELEASE one')
      this.#collector.take()
      throw error
    }
    this.driver.exec('RELEASE one')
    this.#tell()
  }

  /** Undoes everything since base, applies those of `writes` that work instead, and tells of all at once: a reconcile. */
  reconcile(...writes: readonly WriteSource[]): void {
    this.#collector.beforeUndo([{ writes: { writes: this.#since, ends: null, pure: true } }])
    this.driver.exec('ROLLBACK TO base')
    this.#since = []
    for (const write of writes) {
      try {
        this.#write([write])
      } catch {
        this.#collector.distrust()
      }
    }
    this.#tell()
  }

  /** What is there now will never be undone. */
  moveBase(): void {
    this.driver.exec('RELEASE base')
    this.driver.exec('SAVEPOINT base')
    this.#collector.forget()
    this.#since = []
  }

  close(): void {
    this.#collector.close()
    this.driver.close()
  }

  #write(writes: readonly WriteSource[]): void {
    for (const write of writesOf(writes)) {
      this.#since.push(write)
      this.#collector.beforeWrite(write)
      this.driver.prepare(write.sql).run(write.binds)
    }
  }

  #tell(): void {
    const batch = this.#collector.take()
    if (batch === anyRow) this.#collector = this.#collector.next(false)
    for (const [, deltas] of batch ?? []) this.partial += deltas.filter(({ partial }) => partial).length
    if (batch) this.onChange?.(batch)
  }
}
