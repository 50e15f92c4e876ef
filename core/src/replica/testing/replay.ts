import type { Commit, EventRecord } from '../../protocol/event-record.ts'
import type { MaterializerContext } from '../../schema/materializer.ts'
import type { AnySchema } from '../../schema/schema.ts'
import { planOf } from '../../sql/plan.ts'
import { runPlan } from '../../sql/run-plan.ts'
import { writesOf } from '../../sql/write.ts'
import type { ReplicaDriver, SqlValue } from '../../sqlite/driver.ts'
import { queryAccess } from '../access.ts'
import { createStateTables } from '../state-tables.ts'

/** All rows of some tables, by table, in key order. */
export type Rows = ReadonlyMap<string, readonly (readonly SqlValue[])[]>

/**
 * What state has to be, by the shortest way there is: empty tables, and every commit run from the first to the last; one that throws
 * leaves nothing. Shares no code with the replica but the schema.
 */
export class Replay {
  readonly #driver: ReplicaDriver
  readonly #schema: AnySchema
  /** The commits without effect in the last replay. */
  failed: Commit[] = []

  constructor(driver: ReplicaDriver, schema: AnySchema) {
    this.#driver = driver
    this.#schema = schema
    createStateTables(driver, schema)
  }

  rows(...logs: readonly (readonly Commit[])[]): Rows {
    this.#driver.exec('BEGIN')
    this.failed = []
    for (const commit of logs.flat()) this.#run(commit)
    const rows = rowsOf(this.#driver, this.#schema)
    this.#driver.exec('ROLLBACK')
    return rows
  }

  close(): void {
    this.#driver.close()
  }

  #run(commit: Commit): void {
    const driver = this.#driver
    driver.exec('SAVEPOINT one')
    try {
      for (const event of commit) {
        const result = this.#schema.materializers.get(event.name)?.(event.args, this.#context(event))
        for (const write of writesOf(result)) driver.prepare(write.sql).run(write.binds)
      }
    } catch {
      this.failed.push(commit)
      driver.exec('ROLLBACK TO one')
    }
    driver.exec('RELEASE one')
  }

  #context(event: EventRecord): MaterializerContext {
    return { event, query: (query) => runPlan(this.#driver, planOf(query), queryAccess) as never }
  }
}

export function rowsOf(driver: ReplicaDriver, schema: Pick<AnySchema, 'tables'>): Rows {
  return new Map(
    [...schema.tables.values()].map(({ name, primaryKey }) => [
      name,
      driver.prepare(`SELECT * FROM "${name}" ORDER BY ${primaryKey.map((key) => `"${key}"`).join(', ')}`).values(),
    ]),
  )
}
