import { engineAlone } from '../raw/engine-alone.ts'
import { rawMemory } from '../raw/raw-memory.ts'
import type { Row } from '../suite/row.ts'
import { listRow, readRow } from './read-rows.ts'

/** Raw against SQLite alone, with fixed budgets: a slow raw would make everyone else look good. */
function honest(row: Row): Row {
  return {
    ...row,
    name: `honest-${row.name}`,
    title: `raw is honest: ${row.title}`,
    reference: engineAlone.name,
    contestants: [engineAlone, rawMemory],
  }
}

export const honestyRows: readonly Row[] = [honest(readRow), honest(listRow)]
