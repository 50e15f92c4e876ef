import type { Random } from '../base/clock.ts'
import { DEVELOPMENT } from '../base/development.ts'
import { StoreError } from '../base/errors.ts'
import { damageError } from '../eventlog/damage.ts'
import { StoreFile } from '../eventlog/store-file.ts'
import { openLogTables } from '../eventlog/tables.ts'
import { createStateTables } from '../replica/state-tables.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { SqliteDriver } from '../sqlite/driver.ts'
import { checkHeads } from './check-heads.ts'
import { type LeaderPartsSource, loadParts } from './leader-parts.ts'
import type { FileKeeper } from './repair.ts'

/** First epochs that a file may have: two files seldom share one. */
const FIRST_EPOCHS = 1e9

export interface BootOptions {
  readonly driver: SqliteDriver
  readonly schema: AnySchema
  readonly openMemory: () => SqliteDriver
  readonly random: Random
  /** For a file that has none yet. */
  readonly clientId?: string | undefined
  readonly keeper?: Pick<FileKeeper, 'doubt' | 'check'> | undefined
  readonly parts: LeaderPartsSource
  readonly development?: boolean | undefined
  readonly progress: (done: number) => void
  readonly pause: () => Promise<void>
}

/** Whose file this is, and who leads it now. */
export interface Booted {
  readonly file: StoreFile
  readonly dbId: string
  readonly clientId: string
  readonly epoch: number
  /** The stored version is above this schema's. */
  readonly logOnly: boolean
}

/**
 * Makes a store's file ready for this leader: tables, names, a new epoch, state tables that fit the schema.
 *
 * @throws StoreError `storage/version` for a file of a newer Livefold, which is left as it is; `storage/corrupt`.
 */
export async function bootFile(options: BootOptions): Promise<Booted> {
  const { driver, schema, development } = options
  const { doubt, check } = options.keeper ?? {}
  openLogTables(driver)
  if (doubt && doubt.kind !== 'unclean') throw damageError(doubt.why)
  const file = new StoreFile(driver)
  checkHeads(file)
  if (doubt) check?.(file)
  const names = driver.transaction(() => claim(file, options))
  const version = file.meta.get('version')
  if (version === undefined) driver.transaction(() => found(file, schema))
  else if (version > schema.version) return { ...names, logOnly: true }
  // Rows of state have no checksums: they are folded anew. In development the replay check tells, and tells a changed materializer apart.
  else if (
    version !== schema.version ||
    file.meta.get('schemaHash') !== schema.hash ||
    (doubt && !(DEVELOPMENT && development))
  ) {
    const { rebuildState } = await loadParts(options.parts)
    await rebuildState({ ...options, file, checkEpoch: () => checkEpoch(file, names.epoch) })
  }
  return { ...names, logOnly: false }
}

function claim(file: StoreFile, { random, clientId: given }: BootOptions): Omit<Booted, 'logOnly'> {
  const dbId = file.meta.get('dbId') ?? random.id()
  const clientId = file.meta.get('clientId') ?? given ?? random.id()
  // A new file (site data cleared, or kept in memory) begins anywhere: frames from before must not pass for its own.
  const epoch = Number(file.meta.get('epoch') ?? Math.floor(random.next() * FIRST_EPOCHS)) + 1
  file.meta.set('dbId', dbId)
  file.meta.set('clientId', clientId)
  file.meta.set('epoch', epoch)
  return { file, dbId, clientId, epoch }
}

function found(file: StoreFile, schema: AnySchema): void {
  createStateTables(file.driver, schema)
  file.meta.set('schemaHash', schema.hash)
  file.meta.set('version', schema.version)
  file.meta.set('base', 0)
  file.meta.set('localApplied', 0)
}

/** @throws StoreError `leader/lost` when the file has another leader by now (rule LEAD-1). */
export function checkEpoch(file: StoreFile, epoch: number): void {
  const current = file.meta.get('epoch')
  if (current === epoch) return
  throw new StoreError('leader/lost', `Leader ${epoch} was deposed by leader ${current}: it wrote nothing.`, {
    details: { epoch, current },
    retry: 'restart',
  })
}
