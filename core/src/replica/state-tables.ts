import type { AnySchema } from '../schema/schema.ts'
import { createTableSql } from '../schema/table-sql.ts'
import { quoteName } from '../sql/identifier.ts'
import type { ReplicaDriver } from '../sqlite/driver.ts'

export function createStateTables(driver: ReplicaDriver, schema: AnySchema): void {
  for (const table of schema.tables.values()) for (const sql of createTableSql(table.ddl)) driver.exec(sql)
}

/** Names of the state tables that are there, whatever schema made them: all but SQLite's and ours. */
function stateTableNames(driver: ReplicaDriver): string[] {
  const rows = driver
    .prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB 'livefold_*' ORDER BY rowid",
    )
    .values()
  return rows.map(([name]) => String(name))
}

export function dropStateTables(driver: ReplicaDriver): void {
  for (const name of stateTableNames(driver)) driver.exec(`DROP TABLE ${quoteName(name)}`)
}
