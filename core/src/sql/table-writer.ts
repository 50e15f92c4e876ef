import { StoreError } from '../base/errors.ts'
import { nameOf, type Table, type TableColumn } from '../schema/table-structure.ts'
import type { SqlValue } from '../sqlite/driver.ts'
import { allOf, type Condition, conditionSql } from './condition.ts'
import { quoteName } from './identifier.ts'
import { pinnedKey } from './pins.ts'
import { withCondition } from './select-state.ts'
import { plainScope, type Source } from './source.ts'
import { TextCache } from './text-cache.ts'
import { conditionFrom } from './where.ts'
import type { WriteOperation, WriteSource } from './write.ts'

type InsertKind = 'insert' | 'insertOrIgnore' | 'upsert'
type GivenRow = Readonly<Record<string, unknown>>

/** SQL of an insert for one set of given columns. */
interface InsertText {
  readonly sql: string
  /** Where each column of the key stands among the binds. */
  readonly keyPlaces: readonly number[]
}

/** Which columns are given: a bit each, exact up to 52 columns, a text of places beyond. */
type Signature = number | string
const MAX_BITS = 52

/** A row's given columns, in table order. */
interface Given {
  readonly signature: Signature
  readonly columns: readonly TableColumn[]
  readonly binds: SqlValue[]
}

/** Makes a table's writes. SQL text is made once per set of columns: this is the hot path of every commit. */
export class TableWriter {
  readonly #source: Source
  readonly #table: Table
  readonly #columns: readonly TableColumn[]
  readonly #inserts: Readonly<Record<InsertKind, Map<Signature, InsertText>>> = {
    insert: new Map(),
    insertOrIgnore: new Map(),
    upsert: new Map(),
  }
  readonly #updates = new Map<Signature, string>()

  constructor(source: Source) {
    this.#source = source
    this.#table = source.table
    this.#columns = source.table.columns as readonly TableColumn[]
  }

  insert(kind: InsertKind, row: unknown): InsertWrite {
    const { signature, columns, binds } = this.#given(row, kind)
    let text = this.#inserts[kind].get(signature)
    if (!text) {
      text = this.#insertText(kind, columns)
      this.#inserts[kind].set(signature, text)
    }
    return new InsertWrite(
      kind,
      this.#table.name,
      text.sql,
      binds,
      text.keyPlaces.map((place) => binds[place] as SqlValue),
    )
  }

  update(set: unknown): PredicateWrite {
    const { signature, columns, binds } = this.#given(set, 'update')
    let head = this.#updates.get(signature)
    if (head === undefined) {
      head = `update ${quoteName(this.#table.name)} set ${columns.map((column) => `${quoteName(column.name)} = ?`).join(', ')}`
      this.#updates.set(signature, head)
    }
    const rekeys = columns.some((column) => this.#table.primaryKey.includes(column.name))
    return new PredicateWrite(
      { kind: 'update', source: this.#source, head, set: binds, rekeys, empty: columns.length === 0 },
      [],
    )
  }

  delete(): PredicateWrite {
    const head = `delete from ${quoteName(this.#table.name)}`
    return new PredicateWrite({ kind: 'delete', source: this.#source, head, set: [], rekeys: false, empty: false }, [])
  }

  #given(row: unknown, what: string): Given {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      throw new StoreError(
        'materializer/failed',
        `${this.#table.name}.${what} takes an object of columns, not ${nameOf(row)}`,
      )
    }
    const wide = this.#columns.length > MAX_BITS
    const binds: SqlValue[] = []
    const columns: TableColumn[] = []
    let bits = 0
    for (const column of this.#columns) {
      const value = column.memberOf(row as GivenRow)
      if (value === undefined) continue
      binds.push(column.encode(value))
      columns.push(column)
      if (!wide) bits += 2 ** column.place
    }
    this.#refuseStrangers(row as GivenRow, columns.length, what)
    return { signature: wide ? columns.map((column) => column.place).join() : bits, columns, binds }
  }

  #refuseStrangers(row: GivenRow, known: number, what: string): void {
    let given = 0
    for (const name in row) if (row[name] !== undefined) given++
    if (given === known) return
    const strange = Object.keys(row).find((name) => row[name] !== undefined && !this.#source.refs.has(name))
    if (strange === undefined) return
    throw new StoreError(
      'materializer/failed',
      `${this.#table.name}.${what}: the table has no column ${JSON.stringify(strange)}`,
      {
        details: { table: this.#table.name, column: strange },
      },
    )
  }

  #insertText(kind: InsertKind, columns: readonly TableColumn[]): InsertText {
    const missing = this.#columns.find((column) => column.required && !columns.includes(column))
    if (missing) {
      throw new StoreError(
        'materializer/failed',
        `${this.#table.name}.${kind} must give ${missing.name}: it has no default and is not nullable`,
        {
          details: { table: this.#table.name, column: missing.name },
        },
      )
    }
    const names = columns.map((column) => quoteName(column.name))
    const into = `insert into ${quoteName(this.#table.name)} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`
    return {
      sql: into + this.#onConflict(kind, columns),
      keyPlaces: this.#table.primaryKey.map((name) => columns.findIndex((column) => column.name === name)),
    }
  }

  /** Conflicts are settled on the primary key alone: any other UNIQUE still fails. */
  #onConflict(kind: InsertKind, columns: readonly TableColumn[]): string {
    if (kind === 'insert') return ''
    const key = this.#table.primaryKey
    const set = kind === 'upsert' ? columns.filter((column) => !key.includes(column.name)) : []
    const target = ` on conflict (${key.map(quoteName).join(', ')}) do `
    if (set.length === 0) return `${target}nothing`
    return `${target}update set ${set.map(({ name }) => `${quoteName(name)} = excluded.${quoteName(name)}`).join(', ')}`
  }
}

/** An insert of one row; its own operation. */
class InsertWrite implements WriteSource, WriteOperation {
  readonly kind: InsertKind
  readonly table: string
  readonly sql: string
  readonly binds: readonly SqlValue[]
  readonly key: readonly SqlValue[]

  constructor(kind: InsertKind, table: string, sql: string, binds: readonly SqlValue[], key: readonly SqlValue[]) {
    this.kind = kind
    this.table = table
    this.sql = sql
    this.binds = binds
    this.key = key
  }

  toWrite(): WriteOperation {
    return this
  }
}

interface PredicateHead {
  readonly kind: 'update' | 'delete'
  readonly source: Source
  /** The statement up to its WHERE. */
  readonly head: string
  /** Values of an update's SET. */
  readonly set: readonly SqlValue[]
  /** True when the update changes the key: then it touches two. */
  readonly rekeys: boolean
  readonly empty: boolean
}

const texts = new TextCache()

/** An update or delete: of all rows, until `where` narrows it. Immutable. */
export class PredicateWrite implements WriteSource {
  readonly #head: PredicateHead
  readonly #where: readonly Condition[]

  constructor(head: PredicateHead, where: readonly Condition[]) {
    this.#head = head
    this.#where = where
  }

  where(...args: readonly unknown[]): PredicateWrite {
    return new PredicateWrite(
      this.#head,
      withCondition(this.#where, conditionFrom(plainScope(this.#head.source), args)),
    )
  }

  toWrite(): WriteOperation | null {
    const { kind, source, head, set, rekeys, empty } = this.#head
    if (empty) return null
    const condition = allOf(this.#where)
    const binds = [...set]
    const sql = condition ? texts.join(head, ' where ', conditionSql(condition, binds)) : head
    return { kind, table: source.table.name, sql, binds, key: rekeys ? null : pinnedKey(condition, source.key) }
  }
}
