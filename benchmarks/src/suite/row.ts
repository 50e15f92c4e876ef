import type { Contestant } from './contestant.ts'

export type Unit = 'µs' | 'ms' | 'events/s'

/** Sizes that a quick run makes smaller, and where files may go. */
export interface Setting {
  readonly quick: boolean
  /** A fresh directory on the disk under test, removed after the row. */
  directory(): string
}

/** One contestant's turn in a row. */
export interface Trial {
  /** Microseconds for one piece of the row's work, as the mean of a batch. */
  sample(): Promise<number> | number
  end(): Promise<void> | void
}

/** One line of the table: the same work for everyone. */
export interface Row {
  /** Stable: budgets and results are filed under it. */
  readonly name: string
  readonly title: string
  readonly unit: Unit
  /** The contestant that the others are compared with. */
  readonly reference: string
  readonly rounds: { readonly warmup: number; readonly quick: number; readonly full: number }
  /** Who takes part instead of everybody. */
  readonly contestants?: readonly Contestant[]
  /** Left out of quick runs. */
  readonly slow?: boolean
  /** Null when the contestant cannot do it. */
  start(contestant: Contestant, setting: Setting): Promise<Trial | null>
}
