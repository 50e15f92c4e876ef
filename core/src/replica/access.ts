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
const UNREPEATABLE = new Set([
  'random',
  'randomblob',
  'date',
  'time',
  'datetime',
  'julianday',
  'unixepoch',
  'strftime',
  'timediff',
  'current_date',
  'current_time',
  'current_timestamp',
  'changes',
  'total_changes',
  'last_insert_rowid',
  'load_extension',
  'sqlite_version',
  'sqlite_source_id',
  'sqlite_compileoption_get',
  'sqlite_compileoption_used',
])

function refuseFunction(name: string | null): string | null {
  return name !== null && UNREPEATABLE.has(name.toLowerCase())
    ? `${name}() gives another result each time; pass the value in from outside`
    : null
}

/** Queries only read, and only what is decided by the state (no time, no chance). */
export const queryAccess: Access = {
  name: 'query',
  refuse(action: AccessAction): string | null {
    if (action.code === READ || action.code === SELECT || action.code === RECURSIVE) return null
    if (action.code === FUNCTION) return refuseFunction(action.second)
    return 'a query only reads; change data by committing events'
  },
}

/**
 * Materializers read and write the tables of their own side and nothing else: rules STATE-4, STATE-5.
 * `reads` may be wider than `writes`: none of ours is, but a raw SQL write reads what it updates.
 */
function materializeAccess(name: string, own: ReadonlySet<string>, other: string): Access {
  const refuseTable = (table: string | null): string | null =>
    table === null || table === '' || own.has(table) ? null : `"${table}" is not one of its tables (${other})`
  return {
    name,
    refuse({ code, first, second }) {
      if (code === SELECT || code === RECURSIVE) return null
      if (code === FUNCTION) return refuseFunction(second)
      if (code === READ || code === INSERT || code === UPDATE || code === DELETE) return refuseTable(first)
      return 'a materializer only reads and writes rows'
    },
  }
}

export interface MaterializeAccess {
  readonly synced: Access
  readonly local: Access
}

export function materializeAccessOf(schema: AnySchema): MaterializeAccess {
  const names = (tables: readonly { readonly name: string }[]) => new Set(tables.map((table) => table.name))
  return {
    synced: materializeAccess('materialize', names(schema.syncedTables), 'synced events never touch local tables'),
    local: materializeAccess('materialize-local', names(schema.localTables), 'local events never touch synced tables'),
  }
}
