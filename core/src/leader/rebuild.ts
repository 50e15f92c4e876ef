import type { StoreError } from '../base/errors.ts'
import type { StoreFile } from '../eventlog/store-file.ts'
import { type Commit, type ConfirmedEvent, splitCommits } from '../protocol/event-record.ts'
import type { QuarantinedCommit } from '../protocol/leader-messages.ts'
import { attempt } from '../replica/leader-replica.ts'
import { Materialize } from '../replica/materialize.ts'
import { createStateTables, dropStateTables } from '../replica/state-tables.ts'
import type { AnySchema } from '../schema/schema.ts'
import { quoteName } from '../sql/identifier.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { SCRATCH, withScratch } from './snapshot.ts'

/** Events folded between two pauses: progress is told, and messages are heard. */
const STRIDE = 2_000

export interface RebuildOptions {
  readonly file: StoreFile
  readonly schema: AnySchema
  readonly openMemory: () => SqliteDriver
  /** Hears the share that is done, 0 … 1. */
  readonly progress: (done: number) => void
  /** Lets other work go first. */
  readonly pause: () => Promise<void>
  /** Throws when another leader has taken over (rule LEAD-1); called in the write transaction. */
  readonly checkEpoch: () => void
}

/**
 * Folds the whole log anew for another schema: the confirmed and the local log are replayed into memory, then the tables
 * replace the old ones in one transaction, undo records and quarantine with them. Until that transaction nothing changes.
 */
export async function rebuildState(options: RebuildOptions): Promise<void> {
  const { file, schema } = options
  const memory = options.openMemory()
  try {
    createStateTables(memory, schema)
    const quarantined = await replay(memory, options)
    restoreTables(file.driver, memory.serialize(), schema, () => {
      options.checkEpoch()
      dropStateTables(file.driver)
      createStateTables(file.driver, schema)
      file.driver.exec('DELETE FROM livefold_undo')
      file.verdicts.clearQuarantine()
      for (const commit of quarantined) file.verdicts.quarantine(commit)
      file.meta.set('schemaHash', schema.hash)
      file.meta.set('version', schema.version)
      file.meta.set('base', file.eventlog.head)
      file.meta.set('localApplied', file.local.head)
    })
  } finally {
    memory.close()
  }
}

/** Replaces the state tables by those of an image, within the transaction that `commit` is called in. */
function restoreTables(driver: SqliteDriver, image: Uint8Array, schema: AnySchema, replace: () => void): void {
  withScratch(driver, () => {
    driver.deserialize(image, SCRATCH)
    driver.transaction(() => {
      replace()
      for (const table of schema.tables.values()) {
        const name = quoteName(table.name)
        driver.exec(`INSERT INTO main.${name} SELECT * FROM ${SCRATCH}.${name}`)
      }
    })
  })
}

async function replay(memory: SqliteDriver, options: RebuildOptions): Promise<QuarantinedCommit[]> {
  const { file, schema, progress, pause } = options
  const { head } = file.eventlog
  const materialize = new Materialize(memory, schema)
  const quarantined: QuarantinedCommit[] = []
  progress(0)
  for (let at = 0; at < head; ) {
    const { commits } = splitCommits(file.eventlog.read(at, STRIDE))
    memory.transaction(() => {
      for (const commit of commits) {
        const error = attempt(materialize, commit, false)
        if (error) quarantined.push(quarantinedCommit(commit, error))
      }
    })
    at = commits.at(-1)?.at(-1)?.seq ?? head
    progress(at / head)
    await pause()
  }
  memory.transaction(() => {
    for (const commit of file.local.commitsAfter(0)) attempt(materialize, commit, true)
  })
  return quarantined
}

function quarantinedCommit(commit: Commit<ConfirmedEvent>, error: StoreError): QuarantinedCommit {
  return { seq: (commit[0] as ConfirmedEvent).seq, ids: commit.map((event) => event.id), error: error.toJSON() }
}
