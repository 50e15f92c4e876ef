import type { Figure } from '../suite/row.ts'

/** What a process of its own measures the memory of. */
export type MemoryTask = 'rows' | 'queries' | 'reads' | 'soak' | 'soak-10-min'

export interface MemoryAnswer {
  readonly bytes: number
  readonly figures: readonly Figure[]
}
