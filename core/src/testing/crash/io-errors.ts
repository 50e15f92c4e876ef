import { checkFile } from '../sim/checks.ts'
import { Fold } from '../sim/fold.ts'
import { History } from '../sim/history.ts'
import { nextSchema } from '../sim/sim-schema.ts'
import { must } from '../sim/violation.ts'
import type { CrashRig } from './crash-rig.ts'
import { runCrashWorkload } from './crash-workload.ts'
import { FileSet } from './file-operations.ts'

export interface IoErrorOptions {
  /** SQLite's result code: 10 I/O error, 13 disk full. */
  readonly code: number
  /** How many operations fail, from the one in turn on. */
  readonly count: number
  readonly commits: number
  readonly seed: number
  /** Every how manieth operation takes its turn. Default 1. */
  readonly every?: number
}

/**
 * Runs the workload once for each of its file operations, and lets that one fail. The store has to get over it: everything
 * committed ends up confirmed or rejected, and the state is that of the log.
 *
 * @returns number of runs
 * @throws Violation naming the operation
 */
export async function checkIoErrors(rig: CrashRig, options: IoErrorOptions): Promise<number> {
  const { code, count, commits, seed, every = 1 } = options
  const { operations } = await rig.record('NORMAL', { commits, seed })
  const { vfs } = rig
  let runs = 0
  for (let turn = 1; turn <= operations.length; turn += every) {
    let done = 0
    vfs.files = new FileSet()
    vfs.fault = () => {
      done += 1
      return done >= turn && done < turn + count ? code : 0
    }
    const who = `operation ${turn} of ${operations.length} failed with ${code}, ${count} in all`
    try {
      const openFile = () => rig.openFile('NORMAL')
      const run = await runCrashWorkload({ openFile, operations: () => done, commits, seed })
      vfs.fault = null
      const fold = new Fold(rig.openMemory(), nextSchema)
      const driver = openFile()
      try {
        const view = checkFile({
          who,
          driver,
          schema: nextSchema,
          fold,
          log: run.log,
          history: new History(),
          rule: 'STATE-1',
        })
        const here = new Set([...view.pending, ...view.local, ...run.log.slice(0, view.head)].map((event) => event.id))
        for (const { ids } of run.acked) {
          for (const id of ids)
            must(here.has(id) || view.rejected.has(id), 'DUR-1', () => `${who}: ${id} was acked and is nowhere`)
        }
        must(
          run.unsettled === 0,
          'SYNC-2',
          () => `${who}: ${run.unsettled} commits were neither confirmed nor rejected`,
        )
      } finally {
        driver.close()
        fold.close()
      }
    } finally {
      vfs.fault = null
    }
    runs += 1
  }
  return runs
}
