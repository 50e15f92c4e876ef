import { constants, DatabaseSync } from 'node:sqlite'
import {
  type Access,
  Authorizer,
  assertImage,
  type ChangesetRecorder,
  closedError,
  conflictError,
  invertChangeset,
  isBlankSql,
  markWithoutWal,
  noStatementError,
  type RowChange,
  refusedError,
  type SqliteDriver,
  type SqliteStatement,
  StatementCache,
  secondStatementError,
} from '@livefold/core/adapter'
import { RowWrites } from './row-writes.ts'
import { nodeError } from './sqlite-errors.ts'
import { NodeRecorder } from './sqlite-recorder.ts'
import { type CompiledStatement, NodeStatement, type StatementOwner } from './sqlite-statement.ts'

const statementCapacity = 512

/**
 * Opens a database file (or `:memory:`) with `node:sqlite`.
 *
 * It has no hook: changes are read from changesets (`feed` is `changeset`), and `watch` throws.
 *
 * @throws StoreError `storage/*` when the file cannot be opened
 */
export function openNodeDriver(path: string): SqliteDriver {
  try {
    return new NodeDriver(new DatabaseSync(path, { enableForeignKeyConstraints: false }))
  } catch (error) {
    throw nodeError(error, 'run', `open ${path}`)
  }
}

class NodeDriver implements SqliteDriver, StatementOwner {
  readonly feed = 'changeset'
  readonly #database: DatabaseSync
  readonly #cache = new StatementCache<NodeStatement>(statementCapacity)
  readonly #authorizer = new Authorizer()
  readonly #rowWrites = new RowWrites()
  readonly #recorders = new Set<NodeRecorder>()

  constructor(database: DatabaseSync) {
    this.#database = database
    database.setAuthorizer((code, first, second) => {
      this.#rowWrites.hear(code)
      return this.#authorizer.decide(code, first, second)
    })
  }

  exec(sql: string): void {
    this.assertOpen()
    try {
      this.#database.exec(sql)
    } catch (error) {
      throw nodeError(error, 'run', sql)
    }
  }

  prepare(sql: string, access: Access | null = null): SqliteStatement {
    this.assertOpen()
    const cached = this.#cache.get(sql, access)
    if (cached !== null) return cached
    const statement = new NodeStatement(this, sql, access)
    this.#cache.put(statement)
    return statement
  }

  transaction<T>(run: () => T): T {
    this.assertOpen()
    if (this.#database.isTransaction) throw new Error('Livefold invariant broken: a transaction within a transaction')
    this.prepare('BEGIN IMMEDIATE').run()
    try {
      const result = run()
      this.prepare('COMMIT').run()
      return result
    } catch (error) {
      // SQLite has rolled back by itself after some failures of the environment.
      if (this.#database.isOpen && this.#database.isTransaction) this.prepare('ROLLBACK').run()
      throw error
    }
  }

  watch(listener: ((change: RowChange) => void) | null): void {
    this.assertOpen()
    if (listener !== null) throw new Error('Livefold invariant broken: node:sqlite cannot watch rows; read changesets')
  }

  record(tables: readonly string[]): ChangesetRecorder {
    this.assertOpen()
    const recorder: NodeRecorder = new NodeRecorder(this.#database, tables, () => this.#recorders.delete(recorder))
    this.#recorders.add(recorder)
    return recorder
  }

  apply(changeset: Uint8Array): void {
    this.assertOpen()
    if (changeset.length === 0) return
    let conflict = 0
    const onConflict = (kind: number) => {
      conflict = kind
      return constants.SQLITE_CHANGESET_ABORT
    }
    let applied: boolean
    try {
      applied = this.#database.applyChangeset(changeset, { onConflict })
    } catch (error) {
      throw nodeError(error, 'run', 'apply changeset')
    }
    if (!applied) throw conflictError(conflict)
  }

  invert(changeset: Uint8Array): Uint8Array {
    this.assertOpen()
    return invertChangeset(changeset)
  }

  serialize(schema = 'main'): Uint8Array {
    this.assertOpen()
    try {
      return this.#database.serialize(schema)
    } catch (error) {
      throw nodeError(error, 'run', `serialize ${schema}`)
    }
  }

  deserialize(bytes: Uint8Array, schema = 'main'): void {
    this.assertOpen()
    assertImage(bytes)
    const image = bytes.slice()
    markWithoutWal(image, 0)
    // Node finalizes all statements here; ours compile again when they are used.
    this.#cache.clear()
    try {
      this.#database.deserialize(image, { dbName: schema })
    } catch (error) {
      throw nodeError(error, 'run', `deserialize ${schema}`)
    }
    // Reads the header and the schema: a damaged image is found now.
    this.exec(`SELECT count(*) FROM "${schema.replaceAll('"', '""')}".sqlite_schema`)
  }

  close(): void {
    if (!this.#database.isOpen) return
    for (const recorder of this.#recorders) recorder.close()
    this.#cache.clear()
    this.#database.close()
  }

  assertOpen(): void {
    if (!this.#database.isOpen) throw closedError()
  }

  keep(statement: NodeStatement): void {
    this.#cache.put(statement)
  }

  compile(sql: string, access: Access | null): CompiledStatement {
    if (isBlankSql(sql)) throw noStatementError(sql)
    this.#rowWrites.begin()
    const { result, reads, refusal } = this.#authorizer.compile(access, () => this.#prepare(sql))
    if (result.statement === null) {
      throw refusal === null ? nodeError(result.error, 'prepare', sql) : refusedError(refusal, sql)
    }
    const { statement } = result
    if (!isBlankSql(sql.slice(statement.sourceSQL.length))) throw secondStatementError(sql)
    return { statement, reads, writesRows: this.#rowWrites.only }
  }

  #prepare(sql: string) {
    try {
      return { statement: this.#database.prepare(sql), error: null }
    } catch (error) {
      return { statement: null, error }
    }
  }
}
