import { join } from 'node:path'
import type { BenchDirectory } from './bench-directory.ts'
import { livefold } from './livefold/livefold.ts'
import { session } from './livefold/livefold-memory.ts'
import { AskedProcess } from './processes/asked-process.ts'
import { raw } from './raw/raw.ts'
import { type Host, localHost } from './suite/host.ts'
import type { RowResult } from './suite/measure.ts'
import type { Row } from './suite/row.ts'

/** Raw and Livefold in this process. */
export function ownHost(quick: boolean, directory: BenchDirectory): Host {
  return localHost([raw, session, livefold], { quick, directory: () => directory.fresh() })
}

/** Measures a row in a process of its own: what the compiler made of the rows before is no regression of this one. */
export async function measureAlone(row: Row, quick: boolean): Promise<RowResult | null> {
  const alone = new AskedProcess(join(import.meta.dirname, 'row-process.ts'))
  try {
    const result = await alone.ask<Omit<RowResult, 'row'> | null>('measure', row.name, quick)
    return result && { ...result, row }
  } finally {
    await alone.stop()
  }
}
