import { StoreError } from '../base/errors.ts'
import { nameOf, type Table, type TableColumn } from '../schema/table-structure.ts'
import type { SqlValue } from '../sqlite/driver.ts'
import type { Filter } from './filter.ts'
import { quoteName } from './identifier.ts'
import { type PredicateHead, PredicateWrite } from './predicate-write.ts'
import type { Source } from './source.ts'
import { type WriteForm, WriteOperation } from './write.ts'

type InsertKind = 'insert' | 'insertOrIgnore' | 'upsert'
type GivenRow = Readonly<Record<string, unknown>>

/** Which columns are given: a bit each, up to what an integer holds, a text of places beyond. */
type Signature = number | string
const MAX_BITS = 31

/** A row's given columns, in table order. */
interface Given {
  readonly signature: Signature
  readonly binds: SqlValue[]
}

/** Makes a table's writes. SQL text is made once per set of columns: this is the hot path of every commit. */
export class TableWriter {
  readonly #source: Source
  readonly #table: Table
  readonly #columns: readonly TableColumn[]
  readonly #inserts: Readonly<Record<InsertKind, Map<Signature, WriteForm>>> = {
    insert: new Map(),
    insertOrIgnore: new Map(),
    upsert: new Map(),
  }
  readonly #all: Filter
  readonly #updates = new Map<Signature, PredicateHead>()
  readonly #delete: PredicateHead

  /** `all`: the filter of all its rows. */
  constructor(source: Source, all: Filter) {
    this.#source = source
    this.#all = all
    this.#table = source.table
    this.#columns = source.table.columns as readonly TableColumn[]
    const sql = `delete from ${quoteName(source.table.name)}`
    this.#delete = { kind: 'delete', source, sql, sets: [], rekeys: false }
  }

  insert(kind: InsertKind, row: unknown): WriteOperation {
    const { signature, binds } = this.#given(row, kind)
    let form = this.#inserts[kind].get(signature)
    if (!form) {
      form = this.#insertForm(kind, this.#columnsOf(row))
      this.#inserts[kind].set(signature, form)
    }
    return new WriteOperation(form, binds)
  }

  update(set: unknown): PredicateWrite {
    const { signature, binds } = this.#given(set, 'update')
    let head = this.#updates.get(signature)
    if (!head) {
      head = this.#updateHead(this.#columnsOf(set))
      this.#updates.set(signature, head)
    }
    return new PredicateWrite(head, this.#all, binds)
  }

  delete(): PredicateWrite {
    return new PredicateWrite(this.#delete, this.#all, [])
  }

  #given(row: unknown, what: string): Given {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      throw new StoreError(
        'materializer/failed',
        `${this.#table.name}.${what} takes an object of columns, not ${nameOf(row)}`,
      )
    }
    const wide = this.#columns.length > MAX_BITS
    // Counting is cheap, reading every member by its name is not. Also those that are not enumerable: they are read like any other.
    const members = Object.getOwnPropertyNames(row).length
    // Members that are not counted come from a class alone: getters.
    const plain = Object.getPrototypeOf(row) === Object.prototype
    const most = plain ? members : this.#columns.length
    const binds: SqlValue[] = new Array(most)
    let given = 0
    let bits = 0
    let places = ''
    for (let i = 0; i < this.#columns.length && given < most; i++) {
      const column = this.#columns[i] as TableColumn
      const value = column.memberOf(row as GivenRow)
      if (value === undefined) continue
      binds[given++] = column.encode(value)
      if (wide) places += `${column.place},`
      else bits |= 1 << column.place
    }
    if (!plain || given !== members) this.#refuseStrangers(row as GivenRow, what)
    if (given < most) binds.length = given
    return { signature: wide ? places : bits, binds }
  }

  #columnsOf(row: unknown): readonly TableColumn[] {
    return this.#columns.filter((column) => column.memberOf(row as GivenRow) !== undefined)
  }

  #refuseStrangers(row: GivenRow, what: string): void {
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

  #insertForm(kind: InsertKind, columns: readonly TableColumn[]): WriteForm {
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
      kind,
      table: this.#table.name,
      sql: into + this.#onConflict(kind, columns),
      keyPlaces: this.#table.primaryKey.map((name) => columns.findIndex((column) => column.name === name)),
      blind: true,
      sets: null,
    }
  }

  #updateHead(columns: readonly TableColumn[]): PredicateHead {
    return {
      kind: 'update',
      source: this.#source,
      sql: `update ${quoteName(this.#table.name)} set ${columns.map((column) => `${quoteName(column.name)} = ?`).join(', ')}`,
      sets: columns.map(({ place }) => place),
      rekeys: columns.some((column) => this.#table.primaryKey.includes(column.name)),
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
