import { messageOf } from '../../base/errors.ts'
import { boot, loadState } from '../../leader/testing/boot-file.ts'
import type { ConfirmedEvent } from '../../protocol/event-record.ts'
import type { AnySchema } from '../../schema/schema.ts'
import type { SqliteDriver } from '../../sqlite/driver.ts'
import { checkFile, type FileView, hasTables, versionOf } from '../sim/checks.ts'
import { Fold } from '../sim/fold.ts'
import { History } from '../sim/history.ts'
import { SeededRandom } from '../sim/seeded-random.ts'
import { nextSchema, schemaOf, simSchema } from '../sim/sim-schema.ts'
import { must, Violation } from '../sim/violation.ts'
import type { CrashRun } from './crash-workload.ts'
import { type FileOperation, FileSet, tornWrites } from './file-operations.ts'
import type { RecordingVfs } from './recording-vfs.ts'

/**
 * What the disk holds after the cut: `written`, all that was written (the process was killed); `torn`, of what was not synced some
 * sectors and others not (the power went).
 */
export type CutKind = 'written' | 'torn'

/** The files as a disk has them: what is synced, and what may be lost yet. */
class Disk {
  readonly #synced = new FileSet()
  readonly #lying: boolean
  #loose: FileOperation[] = []

  constructor(lying: boolean) {
    this.#lying = lying
  }

  /** Takes the next operation. Creating and deleting count as synced: SQLite syncs the folder where there is one. */
  add(operation: FileOperation): void {
    const { file, type } = operation
    if (type === 'create' || type === 'delete') {
      if (type === 'delete') this.#loose = this.#loose.filter((other) => other.file !== file)
      this.#synced.perform(operation)
    } else if (type === 'sync') {
      if (this.#lying) return
      for (const other of this.#loose) if (other.file === file) this.#synced.perform(other)
      this.#loose = this.#loose.filter((other) => other.file !== file)
    } else this.#loose.push(operation)
  }

  after(kind: CutKind, random: SeededRandom): FileSet {
    const files = this.#synced.copy()
    // Mostly half of it is there; also nearly all, and nearly nothing.
    const share = random.pick([0.05, 0.5, 0.5, 0.95])
    for (const operation of this.#loose) {
      const parts = kind === 'written' ? [operation] : tornWrites(operation, () => random.chance(share))
      for (const part of parts) files.perform(part)
    }
    return files
  }
}

export interface CrashPointOptions {
  readonly vfs: RecordingVfs
  readonly openFile: () => SqliteDriver
  readonly openMemory: () => SqliteDriver
  readonly operations: readonly FileOperation[]
  readonly run: CrashRun
  readonly kind: CutKind
  /** What was acked must be there. Default true; false where the power may go and only order is promised (`durability: 'normal'`). */
  readonly durable?: boolean
  /** The disk says that it has synced, and has not. */
  readonly lyingDisk?: boolean
  /** Every how manieth operation is a cut. Default 1. */
  readonly every?: number
  readonly seed?: number
}

/**
 * Cuts the recorded operations at each place, opens what is left as the next start of the app would, and checks: nothing that was
 * reported durable is missing (DUR-1), the state is that of the log (STATE-2), and a boot brings it up (STATE-1).
 *
 * @returns number of places
 * @throws Violation naming the place
 */
export async function checkCrashPoints(options: CrashPointOptions): Promise<number> {
  const { vfs, operations, kind, every = 1, seed = 1 } = options
  const random = new SeededRandom(seed)
  const disk = new Disk(options.lyingDisk ?? false)
  const folds = new Folds(options.openMemory)
  vfs.operations = null
  let points = 0
  try {
    for (let cut = 0; cut <= operations.length; cut++) {
      if (cut > 0) disk.add(operations[cut - 1] as FileOperation)
      if (cut % every !== 0) continue
      vfs.files = disk.after(kind, random)
      await checkPoint(options, folds, cut)
      points += 1
    }
  } finally {
    folds.close()
  }
  return points
}

async function checkPoint(options: CrashPointOptions, folds: Folds, cut: number): Promise<void> {
  const { openFile, openMemory, run, kind, durable = true } = options
  const who = `cut at operation ${cut} of ${options.operations.length} (${kind})`
  const acked = durable ? run.acked.filter(({ at }) => at <= cut) : []
  const driver = opened(who, openFile)
  try {
    if (!hasTables(driver)) {
      must(acked.length === 0, 'DUR-1', () => `${who}: the file is empty, ${acked.length} commits were acked`)
      return
    }
    checkState(who, driver, schemaOf(versionOf(driver)), folds, run.log, 'STATE-2')
    const schema = cut >= run.upgradedAt ? nextSchema : simSchema
    const state = loadState(driver, schema, await boot(driver, schema, { openMemory }))
    state.apply([])
    const view = checkState(`${who}, booted`, driver, schema, folds, run.log, 'STATE-1')
    const here = new Set([...view.pending, ...view.local].map((event) => event.id))
    for (const event of run.log.slice(0, view.head)) here.add(event.id)
    for (const { ids } of acked) {
      for (const id of ids)
        must(here.has(id) || view.rejected.has(id), 'DUR-1', () => `${who}: ${id} was acked and is nowhere`)
    }
  } finally {
    driver.close()
  }
}

/** @throws Violation STATE-2 when the file is damaged */
function opened(who: string, openFile: () => SqliteDriver): SqliteDriver {
  let driver: SqliteDriver
  try {
    driver = openFile()
  } catch (thrown) {
    throw new Violation('STATE-2', `${who}: ${messageOf(thrown)}`)
  }
  const sound = driver.prepare('PRAGMA integrity_check').value()
  if (sound === 'ok') return driver
  driver.close()
  throw new Violation('STATE-2', `${who}: ${sound}`)
}

function checkState(
  who: string,
  driver: SqliteDriver,
  schema: AnySchema,
  folds: Folds,
  log: readonly ConfirmedEvent[],
  rule: 'STATE-1' | 'STATE-2',
): FileView {
  return checkFile({ who, driver, schema, fold: folds.upTo(schema, driver), log, history: new History(), rule })
}

/** The oracle's folds, one for each schema: cuts mostly come in the log's order, so that each goes on where the last one ended. */
class Folds {
  readonly #openMemory: () => SqliteDriver
  readonly #folds = new Map<AnySchema, Fold>()

  constructor(openMemory: () => SqliteDriver) {
    this.#openMemory = openMemory
  }

  /** A fold that is not beyond what the file holds. */
  upTo(schema: AnySchema, driver: SqliteDriver): Fold {
    const head = Number(driver.prepare('SELECT max(seq) FROM livefold_eventlog').value() ?? 0)
    const locals = Number(driver.prepare('SELECT count(*) FROM livefold_local_eventlog').value())
    const there = this.#folds.get(schema)
    if (there && there.head <= head && there.locals <= locals) return there
    there?.close()
    const fold = new Fold(this.#openMemory(), schema)
    this.#folds.set(schema, fold)
    return fold
  }

  close(): void {
    for (const fold of this.#folds.values()) fold.close()
  }
}
