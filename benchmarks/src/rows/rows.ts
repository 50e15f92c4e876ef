import type { Row } from '../suite/row.ts'
import { commitRows } from './commit-rows.ts'
import { durableRows } from './durable-rows.ts'
import { honestyRows } from './honesty-rows.ts'
import { liveRows } from './live-rows.ts'
import { readRows } from './read-rows.ts'
import { rebaseRows } from './rebase-rows.ts'
import { serverRows } from './server-rows.ts'
import { storedRows } from './stored-rows.ts'

/** The table, from top to bottom. */
export const rows: readonly Row[] = [
  ...honestyRows,
  ...commitRows,
  ...readRows,
  ...liveRows,
  ...rebaseRows,
  ...durableRows,
  ...storedRows,
  ...serverRows,
]
