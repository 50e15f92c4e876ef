import { messagePart } from '../base/late-text.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { Access, AccessAction } from '../sqlite/driver.ts'

// https://sqlite.org/c3ref/c_alter_table.html
const DELETE = 9
const INSERT = 18
const READ = 20
const SELECT = 21
const UPDATE = 23
const FUNCTION = 31
const RECURSIVE = 33

/** Functions whose result is not decided by their arguments and the rows they read. */
const UNREPEATABLE =
  /^(random(blob)?|(date)?time|date|julianday|unixepoch|strftime|timediff|current_(date|time|timestamp)|(total_)?changes|last_insert_rowid|load_extension|sqlite_(version|source_id|compileoption_(get|used)))$/i

/** SQLite's functions in the form of tables: rows decided by their arguments. */
const TABLE_FUNCTIONS = new Set(['json_each', 'json_tree'])

function refuseFunction(name: string | null): string | null {
  return name !== null && UNREPEATABLE.test(name)
    ? messagePart(`${name}() gives another result each time; pass the value in from outside`)
    : null
}

/** Queries only read, and only what is decided by the state (no time, no chance). */
export const queryAccess: Access = {
  name: 'query',
  refuse(action: AccessAction): string | null {
    // PRAGMA in another dress: pages, versions, options of the connection.
    if (action.code === READ && action.first?.startsWith('pragma_'))
      return messagePart(`${action.first} is not part of the state`)
    if (action.code === READ || action.code === SELECT || action.code === RECURSIVE) return null
    if (action.code === FUNCTION) return refuseFunction(action.second)
    return messagePart('a query only reads; change data by committing events')
  },
}

/** What the materializers of one side may do: rules STATE-4, STATE-5. */
export interface SideAccess {
  /** For `ctx.query`: reads of the side's own tables. */
  readonly read: Access
  /** For the writes they return: these tables again, and nothing else. */
  readonly write: Access
}

function sideAccess(name: string, tables: readonly { readonly name: string }[], other: string): SideAccess {
  const own = new Set(tables.map((table) => table.name))
  const refuseTable = (table: string | null): string | null =>
    table === null || table === '' || own.has(table)
      ? null
      : messagePart(`"${table}" is not one of its tables (${other})`)
  const refuse = ({ code, first, second }: AccessAction, writes: boolean): string | null => {
    if (code === SELECT || code === RECURSIVE) return null
    if (code === FUNCTION) return refuseFunction(second)
    if (code === READ) return first !== null && TABLE_FUNCTIONS.has(first) ? null : refuseTable(first)
    if (code !== INSERT && code !== UPDATE && code !== DELETE)
      return messagePart('a materializer only reads and writes rows')
    return writes ? refuseTable(first) : messagePart('ctx.query only reads; return what is to be written')
  }
  return {
    read: { name: `${name}-read`, refuse: (action) => refuse(action, false) },
    write: { name, refuse: (action) => refuse(action, true) },
  }
}

export interface MaterializeAccess {
  readonly synced: SideAccess
  readonly local: SideAccess
}

export function materializeAccessOf(schema: AnySchema): MaterializeAccess {
  return {
    synced: sideAccess('materialize', schema.syncedTables, 'synced events never touch local tables'),
    local: sideAccess('materialize-local', schema.localTables, 'local events never touch synced tables'),
  }
}
