import type { Figure, Size } from '../src/suite/row.ts'

/** What the page offers to the process that measures: trials go by number. */
export interface BenchApi {
  /** Names of those that may take part, by row. */
  contestants(): Record<string, readonly string[]>
  /** Null when the contestant cannot do it. */
  start(row: string, contestant: string, size: Size): Promise<number | null>
  sample(trial: number): Promise<number>
  figures(trial: number): Promise<readonly Figure[]>
  end(trial: number): Promise<void>
  probe(): number
}
