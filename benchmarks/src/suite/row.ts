import type { Contestant } from './contestant.ts'

export type Unit = 'µs' | 'ms' | 'events/s' | 'bytes' | 'KB'

/** Sizes that a quick run makes smaller, and where files may go. */
export interface Setting {
  readonly quick: boolean
  /** A fresh directory on the disk under test, removed after the row. */
  directory(): string
}

/** One of the sizes at which a row is measured, to see how time grows. */
export interface Size {
  readonly label: string
  /** What growth is told over. */
  readonly n: number
  /** What it is made of, as the row reads it; `[n]` unless said. */
  readonly parts?: readonly number[]
  /** So many times the row's rounds; 1 unless said. Small work is done more often, for compilers and medians to come to rest. */
  readonly repeat?: number
}

/** Something that a trial counted or saw beside its time. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** Beyond this the run fails. For what is no question of the machine's speed: bytes, counts. */
  readonly atMost?: number
}

/** One contestant's turn in a row. */
export interface Trial {
  /** Microseconds (bytes, in rows of bytes) for one piece of the row's work, as the mean of a batch. */
  sample(): Promise<number> | number
  /** Asked once, after the last sample. */
  figures?(): Promise<readonly Figure[]> | readonly Figure[]
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
  /** Measured at each of these; at one nameless size without them. */
  readonly sizes?: { readonly quick: readonly Size[]; readonly full: readonly Size[] }
  /** Who takes part instead of everybody. */
  readonly contestants?: readonly Contestant[]
  /** Names of those that would only repeat another's figures. */
  readonly without?: readonly string[]
  /** Left out of quick runs. */
  readonly slow?: boolean
  /** Left out of all runs, but when named. */
  readonly onlyNamed?: boolean
  /** Null when the contestant cannot do it. */
  start(contestant: Contestant, setting: Setting, size: Size): Promise<Trial | null>
}

/** The size of rows that have only one. */
export const ONE_SIZE: Size = { label: '', n: 1 }

/** Sizes that are told by their number alone. */
export function sizesOf(...numbers: readonly number[]): Size[] {
  return numbers.map((n) => ({ label: n.toLocaleString('en'), n }))
}

export function roundsOf({ rounds }: Row, { repeat = 1 }: Size, quick: boolean): { warmup: number; counted: number } {
  return { warmup: rounds.warmup * repeat, counted: (quick ? rounds.quick : rounds.full) * repeat }
}

export function sizesFor(row: Row, quick: boolean): readonly Size[] {
  return (quick ? row.sizes?.quick : row.sizes?.full) ?? [ONE_SIZE]
}
