import type { Row } from '../suite/row.ts'
import { durableRows } from './durable-rows.ts'
import { memoryRows } from './memory-rows.ts'
import { pageRows } from './page-rows.ts'
import { serverRows } from './server-rows.ts'
import { storedRows } from './stored-rows.ts'
import { tabRows } from './tab-rows.ts'

/** The table, from top to bottom. */
export const rows: readonly Row[] = [
  ...pageRows,
  ...durableRows,
  ...storedRows,
  ...serverRows,
  ...memoryRows,
  ...tabRows,
]
