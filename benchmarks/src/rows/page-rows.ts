import type { Row } from '../suite/row.ts'
import { commitRows } from './commit-rows.ts'
import { honestyRows } from './honesty-rows.ts'
import { listRows } from './list-rows.ts'
import { liveRows } from './live-rows.ts'
import { readRows } from './read-rows.ts'
import { rebaseRows } from './rebase-rows.ts'

/** What needs memory alone: measured in pages too. */
export const pageRows: readonly Row[] = [
  ...honestyRows,
  ...commitRows,
  ...readRows,
  ...liveRows,
  ...listRows,
  ...rebaseRows,
]
