import { StoreError } from '../../base/errors.ts'
import type { Access, ChangesetRecorder, RowChange, SqliteDriver, SqliteStatement } from '../../sqlite/driver.ts'
import type { Judge } from './violation.ts'

/** Thrown out of every call of a process that has crashed. */
export class SimCrash extends Error {
  override readonly name = 'SimCrash'
}

/** How a client's medium fails. */
export interface Trouble {
  readonly code: 'storage/full' | 'storage/io'
  /** Operations that still go well. */
  after: number
  /** Operations that fail then; `Infinity`: all, until it is mended. */
  times: number
}

/** A client's database file. Survives its leaders: a crash loses the open transaction, nothing else. */
export class Disk {
  connection: SqliteDriver
  /** Order of the newest handle that has written. */
  leading = 0
  trouble: Trouble | null = null
  /** Operations that have failed. */
  failures = 0
  readonly judge: Judge
  readonly #open: () => SqliteDriver
  #handles = 0

  constructor(open: () => SqliteDriver, judge: Judge) {
    this.judge = judge
    this.#open = open
    this.connection = open()
  }

  /** A connection for one leader. */
  handle(now: () => number, crashed: () => void): DiskHandle {
    this.#handles += 1
    return new DiskHandle(this, this.#handles, now, crashed)
  }

  /** Before an operation. @throws StoreError storage/full | storage/io when it is due to fail */
  strike(): void {
    const { trouble } = this
    if (!trouble || trouble.after-- > 0) return
    trouble.times -= 1
    if (trouble.times <= 0) this.trouble = null
    this.failures += 1
    throw new StoreError(trouble.code, `The medium fails (${trouble.code}).`, { retry: 'backoff' })
  }

  /** After a crash: the file as it is, on a new connection. */
  reopen(): void {
    const empty = this.connection.prepare('SELECT count(*) FROM sqlite_schema').value() === 0
    const bytes = empty ? null : this.connection.serialize()
    this.connection.close()
    this.connection = this.#open()
    if (bytes) this.connection.deserialize(bytes)
  }

  /** Site data was cleared: an empty file. */
  wipe(): void {
    this.connection.close()
    this.connection = this.#open()
  }

  close(): void {
    this.connection.close()
  }
}

/** What one leader holds of the file: dies with it, and can be made to die at its n-th operation. */
export class DiskHandle implements SqliteDriver {
  readonly feed = 'hook'
  readonly order: number
  /** The process dies before the operation that counts this down to 0. */
  crashIn: number | null = null
  /** Since when no transaction of this leader has succeeded after one of its operations failed, virtual ms; null: all is well. */
  failingSince: number | null = null
  readonly #now: () => number
  #dead = false
  readonly #disk: Disk
  readonly #crashed: () => void

  constructor(disk: Disk, order: number, now: () => number, crashed: () => void) {
    this.#disk = disk
    this.#now = now
    this.order = order
    this.#crashed = crashed
  }

  get deposed(): boolean {
    return this.#disk.leading > this.order
  }

  die(): void {
    this.#dead = true
  }

  exec(sql: string): void {
    this.#operation()
    this.#disk.connection.exec(sql)
  }

  prepare(sql: string, access: Access | null = null): SqliteStatement {
    if (this.#dead) throw new SimCrash('crashed')
    const statement = this.#disk.connection.prepare(sql, access)
    return this.crashIn === null && this.#disk.trouble === null ? statement : this.#armed(statement)
  }

  transaction<T>(run: () => T): T {
    this.#operation()
    const { connection } = this.#disk
    const before = this.deposed ? imageOf(connection) : null
    const result = connection.transaction(() => {
      const value = run()
      this.#operation()
      return value
    })
    if (before !== null && imageOf(connection) !== before) {
      this.#disk.judge.fail('LEAD-1', `leader ${this.order} wrote after leader ${this.#disk.leading} had taken over`)
    }
    if (before === null) this.#disk.leading = this.order
    this.failingSince = null
    this.#survive()
    return result
  }

  watch(listener: ((change: RowChange) => void) | null): void {
    this.#disk.connection.watch(listener)
  }

  record(tables: readonly string[]): ChangesetRecorder {
    this.#operation()
    return this.#disk.connection.record(tables)
  }

  apply(changeset: Uint8Array): void {
    this.#operation()
    try {
      this.#disk.connection.apply(changeset)
    } catch (thrown) {
      // Leaders apply nothing but undo records: one that does not fit is no exact undo.
      this.#disk.judge.fail('STATE-3', `leader ${this.order}: ${thrown instanceof Error ? thrown.message : thrown}`)
      throw thrown
    }
  }

  invert(changeset: Uint8Array): Uint8Array {
    return this.#disk.connection.invert(changeset)
  }

  serialize(schema?: string): Uint8Array {
    this.#operation()
    return this.#disk.connection.serialize(schema)
  }

  deserialize(bytes: Uint8Array, schema?: string): void {
    this.#operation()
    this.#disk.connection.deserialize(bytes, schema)
  }

  close(): void {
    this.#dead = true
  }

  #armed(statement: SqliteStatement): SqliteStatement {
    return {
      sql: statement.sql,
      columns: statement.columns,
      reads: statement.reads,
      run: (binds) => {
        this.#operation()
        return statement.run(binds)
      },
      rows: (binds, shape) => this.#read(() => statement.rows(binds, shape)),
      row: (binds, shape) => this.#read(() => statement.row(binds, shape)),
      values: (binds) => this.#read(() => statement.values(binds)),
      value: (binds) => this.#read(() => statement.value(binds)),
    }
  }

  #read<T>(read: () => T): T {
    if (this.#dead) throw new SimCrash('crashed')
    // A full medium can be read.
    if (this.#disk.trouble?.code === 'storage/io') this.#strike()
    return read()
  }

  #operation(): void {
    this.#survive()
    this.#strike()
  }

  #strike(): void {
    try {
      this.#disk.strike()
    } catch (thrown) {
      this.failingSince ??= this.#now()
      throw thrown
    }
  }

  #survive(): void {
    if (this.#dead) throw new SimCrash('crashed')
    if (this.crashIn === null || --this.crashIn > 0) return
    this.#dead = true
    this.#crashed()
    throw new SimCrash('crashed')
  }
}

function imageOf(connection: SqliteDriver): string {
  return Buffer.from(connection.serialize()).toString('base64')
}
