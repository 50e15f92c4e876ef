import { sameBytes } from '../base/bytes.ts'
import type { AnySchema } from '../schema/schema.ts'
import { quoteName } from '../sql/identifier.ts'
import type { WriteOperation } from '../sql/write.ts'
import type { ReplicaDriver, RowChange, SqlValue } from '../sqlite/driver.ts'
import { type ChangedRow, ChangedRows } from './changed-rows.ts'
import type { CommitWrites } from './commit-writes.ts'
import { anyRow, type ChangeBatch, nobodyWatches, type RowChanges, type RowDelta, type Watch } from './row-changes.ts'
import { rowKey } from './row-key.ts'

const none: never[] = []
const untold: readonly SqlValue[] = []

type Values = readonly SqlValue[] | null

/** A table's part of the collector. */
interface TableChanges {
  readonly name: string
  readonly width: number
  readonly keyPlaces: readonly number[]
  readonly keyWhere: string
  /** Rows changed in this batch, while anyone watches the table. */
  readonly rows: ChangedRows
  /** Keys of the rows that writes without a key have changed since base: an undo changes them back without a word. */
  readonly touched: Map<unknown, readonly SqlValue[]>
}

/**
 * Gathers the rows that change, by the preupdate hook, into one net batch per commit or reconcile. The hook costs a quarter of
 * an insert: it is off while rows are written that nobody looks at, by writes that say which they are, and while writes say all that anybody wants to know.
 * An undo fires no hook: around it the watched columns of all keys touched since base are read before and after.
 */
export class ChangeCollector implements RowChanges {
  readonly #driver: ReplicaDriver
  readonly #tables = new Map<string, TableChanges>()
  watch: Watch = nobodyWatches
  settling = false
  /** The write that runs does not say which rows it touches. */
  #unpinned = true
  /** Places of the columns that the update which runs sets; null when any column may change. */
  #sets: readonly number[] | null = null
  #hooked = true
  /** The update that runs, when it names its row, whose key it does not change. */
  #update: WriteOperation | null = null
  /** Tables of which rows were noted since the last batch. */
  #noted: TableChanges[] = []

  /** Knows all rows that an undo can change. */
  #complete: boolean
  /** Rows have changed back that it does not know. */
  #missed = false

  /** `atBase`: nothing is applied that could be undone, and that it has not seen. */
  constructor(driver: ReplicaDriver, schema: AnySchema, atBase = true) {
    this.#complete = atBase
    this.#driver = driver
    for (const table of schema.tables.values()) {
      const keyPlaces = table.primaryKey.map((name) => table.columns.findIndex((column) => column.name === name))
      this.#tables.set(table.name, {
        name: table.name,
        width: table.columns.length,
        keyPlaces,
        keyWhere: table.primaryKey.map((name) => `${quoteName(name)} = ?`).join(' AND '),
        rows: new ChangedRows(),
        touched: new Map(),
      })
    }
    driver.watch(this.#note)
  }

  beforeWrite(write: WriteOperation): void {
    const { table, keyPlaces, sets } = write.form
    this.#unpinned = keyPlaces === null
    this.#sets = sets
    this.#update = sets && keyPlaces && write
    const hooked =
      keyPlaces === null || table === null || (this.watch.columns(table).length > 0 && !this.#noteAtOnce(write, table))
    if (hooked === this.#hooked) return
    this.#hooked = hooked
    this.#driver.watch(hooked ? this.#note : null)
  }

  /** Notes an update that says all that its watchers want to know; false when SQLite is to tell of it. */
  #noteAtOnce({ form: { sets, blind }, key, binds }: WriteOperation, name: string): boolean {
    if (!sets || !key || !blind || !this.watch.rowsAlone?.(name)) return false
    const table = this.#tables.get(name) as TableChanges
    const values: SqlValue[] = new Array(table.width)
    for (let i = 0; i < sets.length; i++) {
      const value = binds[i] as SqlValue
      // Bytes would be what the app is shown, which may write others there: a rebase writes these again.
      if (value instanceof Uint8Array) return false
      values[sets[i] as number] = value
    }
    const id = rowKey(key)
    const row = table.rows.get(id)
    if (row) row.after = undefined
    else this.#add(table, id, { key, before: untold, after: values, partial: true })
    return true
  }

  beforeUndo(...undone: readonly (readonly { readonly writes: CommitWrites | null }[])[]): void {
    this.#missed ||= !this.#complete
    const watched = [...this.#tables.values()].filter((table) => this.watch.columns(table.name).length > 0)
    for (const table of watched) for (const key of table.touched.values()) this.#look(table, key)
    if (watched.length === 0) return
    for (const list of undone) {
      for (const { writes } of list) {
        for (const { form, key } of writes?.writes ?? []) {
          const table = key && watched.find((each) => each.name === form.table)
          if (table) this.#look(table, key)
        }
      }
    }
  }

  distrust(): void {
    for (const table of this.#noted) for (const row of table.rows.all()) row.after = undefined
  }

  forget(): void {
    this.#complete = true
    for (const table of this.#tables.values()) table.touched.clear()
  }

  take(): ChangeBatch | null {
    const noted = this.#noted
    const missed = this.#missed
    if (noted.length === 0 && !missed) return null
    this.#noted = none
    this.#missed = false
    let batch: ChangeBatch | null = null
    for (let i = 0; i < noted.length; i++) {
      const table = noted[i] as TableChanges
      const deltas = this.#deltas(table)
      if (deltas.length === 0) continue
      const changed = [table.name, deltas] as const
      batch = batch ? [...batch, changed] : [changed]
    }
    return missed ? anyRow : batch
  }

  next(): RowChanges {
    return this
  }

  close(): void {
    this.#driver.watch(null)
  }

  readonly #note = (change: RowChange): void => {
    const table = this.#tables.get(change.table)
    if (!table) return
    const places = this.watch.columns(table.name)
    const keep = this.#unpinned && !this.settling
    if (!keep && places.length === 0) return
    const { kind } = change
    const key = this.#update?.key
    if (key) return this.#noteUpdate(table, change, key, places)
    // There are no triggers: an update changes what it sets, or what it sets is not known.
    const sets = kind === 'update' ? this.#sets : null
    const before = kind === 'insert' ? null : keyOf(table, change, 'before')
    const after =
      kind === 'delete' ? null : sets && !sets.some(isIn, table.keyPlaces) ? before : keyOf(table, change, 'after')
    const beforeId = before && rowKey(before)
    const afterId = after === before ? beforeId : after && rowKey(after)
    if (keep && before) table.touched.set(beforeId, before)
    if (keep && after && afterId !== beforeId) table.touched.set(afterId, after)
    if (places.length === 0) return
    if (before && after && beforeId === afterId) {
      const values = valuesOf(table, change, 'before', places)
      this.#merge(table, beforeId, before, values, valuesAfter(table, change, values, sets, places))
      return
    }
    if (before) this.#merge(table, beforeId, before, valuesOf(table, change, 'before', places), null)
    if (after) this.#merge(table, afterId, after, null, valuesOf(table, change, 'after', places))
  }

  /** An update of the row of this key: nobody need ask SQLite for it. */
  #noteUpdate(table: TableChanges, change: RowChange, key: readonly SqlValue[], places: readonly number[]): void {
    const before: SqlValue[] = new Array(table.width)
    for (let i = 0; i < places.length; i++) {
      const place = places[i] as number
      const part = table.keyPlaces.indexOf(place)
      before[place] = part < 0 ? change.before(place) : (key[part] as SqlValue)
    }
    this.#merge(table, rowKey(key), key, before, valuesAfter(table, change, before, this.#sets, places))
  }

  #deltas(table: TableChanges): readonly RowDelta[] {
    const places = this.watch.columns(table.name)
    const rows = table.rows.take()
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as ChangedRow
      if (row.after !== undefined) continue
      row.after = this.#read(table, row.key, places)
      row.partial = false
    }
    const deltas = rows as readonly RowDelta[]
    const [only] = deltas
    if (only && deltas.length === 1) return differ(only.before, only.after, places) ? deltas : none
    return deltas.filter(({ before, after }) => differ(before, after, places))
  }

  /** Keeps what a row is now, before it is put back. */
  #look(table: TableChanges, key: readonly SqlValue[]): void {
    const id = rowKey(key)
    if (table.rows.get(id)) return
    const before = this.#read(table, key, this.watch.columns(table.name))
    this.#add(table, id, { key, before, after: undefined, partial: false })
  }

  #merge(table: TableChanges, id: unknown, key: readonly SqlValue[], before: Values, after: Values): void {
    const row = table.rows.get(id)
    if (!row) return this.#add(table, id, { key, before, after, partial: false })
    row.after = after
    row.partial = false
  }

  #add(table: TableChanges, id: unknown, row: ChangedRow): void {
    if (this.#noted.length === 0) this.#noted = [table]
    else if (!this.#noted.includes(table)) this.#noted.push(table)
    table.rows.add(id, row)
  }

  #read(table: TableChanges, key: readonly SqlValue[], places: readonly number[]): Values {
    const [row] = this.#driver.prepare(`SELECT * FROM ${quoteName(table.name)} WHERE ${table.keyWhere}`).values(key)
    if (!row) return null
    const values: SqlValue[] = new Array(table.width)
    for (const place of places) values[place] = row[place] as SqlValue
    return values
  }
}

function keyOf(table: TableChanges, change: RowChange, side: 'before' | 'after'): SqlValue[] {
  const { keyPlaces } = table
  // Most keys have one column, and this is done for each row that changes.
  if (keyPlaces.length === 1) return [change[side](keyPlaces[0] as number)]
  return keyPlaces.map((place) => change[side](place))
}

function isIn(this: readonly number[], place: number): boolean {
  return this.includes(place)
}

function valuesOf(
  table: TableChanges,
  change: RowChange,
  side: 'before' | 'after',
  places: readonly number[],
): SqlValue[] {
  const values: SqlValue[] = new Array(table.width)
  for (let i = 0; i < places.length; i++) {
    const place = places[i] as number
    values[place] = change[side](place)
  }
  return values
}

/** The values after an update, of which `before` are those before it. */
function valuesAfter(
  table: TableChanges,
  change: RowChange,
  before: readonly SqlValue[],
  sets: readonly number[] | null,
  places: readonly number[],
): SqlValue[] {
  if (!sets) return valuesOf(table, change, 'after', places)
  const values = before.slice()
  for (let i = 0; i < sets.length; i++) {
    const place = sets[i] as number
    if (places.includes(place)) values[place] = change.after(place)
  }
  return values
}

function differ(before: Values, after: Values, places: readonly number[]): boolean {
  if (before === null || after === null) return before !== after
  for (let i = 0; i < places.length; i++) {
    const place = places[i] as number
    if (before[place] !== after[place] && !sameBytes(before[place], after[place])) return true
  }
  return false
}
