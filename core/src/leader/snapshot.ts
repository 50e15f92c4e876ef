import { undoAllOn } from '../replica/undo-record.ts'
import type { AnySchema } from '../schema/schema.ts'
import { createTableSql } from '../schema/table-sql.ts'
import { quoteName } from '../sql/identifier.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'

/** Name of the scratch database that state tables are copied through. */
export const SCRATCH = 'livefold_scratch'

/**
 * A SQLite image of the state tables at base. The tables are copied inside SQLite into a scratch database; where
 * something pending is applied, it is undone there, on a connection of its own (changesets apply to `main` only).
 */
export function takeSnapshot(driver: SqliteDriver, openMemory: () => SqliteDriver, schema: AnySchema): Uint8Array {
  const copy = copyTables(driver, schema)
  const undone = driver.prepare('SELECT count(*) FROM livefold_undo').value()
  if (Number(undone) === 0) return copy
  const memory = openMemory()
  try {
    memory.deserialize(copy)
    memory.transaction(() => undoAllOn(memory, driver))
    return memory.serialize()
  } finally {
    memory.close()
  }
}

function copyTables(driver: SqliteDriver, schema: AnySchema): Uint8Array {
  return withScratch(driver, () => {
    driver.transaction(() => {
      for (const table of schema.tables.values()) {
        const name = quoteName(table.name)
        for (const sql of createTableSql(table.ddl)) driver.exec(inScratch(sql))
        driver.exec(`INSERT INTO ${SCRATCH}.${name} SELECT * FROM main.${name}`)
      }
    })
    return driver.serialize(SCRATCH)
  })
}

/** Runs `use` with an empty scratch database attached. */
export function withScratch<T>(driver: SqliteDriver, use: () => T): T {
  // A failing medium may have kept it from being detached.
  const left = driver.prepare('SELECT 1 FROM pragma_database_list WHERE name = ?').value([SCRATCH])
  if (left !== undefined) driver.exec(`DETACH ${SCRATCH}`)
  driver.exec(`ATTACH ':memory:' AS ${SCRATCH}`)
  try {
    return use()
  } finally {
    driver.exec(`DETACH ${SCRATCH}`)
  }
}

function inScratch(createSql: string): string {
  return createSql.replace(/^CREATE (TABLE|UNIQUE INDEX|INDEX) /, (_, kind: string) => `CREATE ${kind} ${SCRATCH}.`)
}
