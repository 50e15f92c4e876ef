import { type Budget, type Budgets, budgetOf } from './budgets.ts'
import type { RowResult } from './measure.ts'
import type { Figure, Unit } from './row.ts'
import type { Summary } from './statistics.ts'

export interface RunFacts {
  readonly at: string
  readonly quick: boolean
  readonly place: 'node' | 'peers' | 'chromium' | 'firefox'
  /** `Node 24.21.0`, `Chromium 156.0`. */
  readonly runtime: string
  readonly platform: string
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly load: readonly number[]
  /** Of the repository; `+` behind it: with changes that are not committed. */
  readonly commit: string
}

export interface StoredMeasured extends Summary {
  readonly name: string
  readonly size: string
  readonly n: number
  readonly ratio: number | null
  readonly budget: Budget
  readonly figures: readonly Figure[]
  readonly samples: readonly number[]
}

export interface StoredRow {
  readonly name: string
  readonly title: string
  readonly unit: Unit
  readonly reference: string
  readonly noise: readonly number[]
  readonly contestants: readonly StoredMeasured[]
  /** Exponents of time over size, by contestant. */
  readonly growth: Readonly<Record<string, number>>
  /** Of the ratio to the reference; runs that were kept from before it was told are without. */
  readonly growthBeyond?: Readonly<Record<string, number>>
}

/** The whole run, samples included. Times are microseconds for one piece of the row's work; in rows of bytes they are bytes. */
export interface StoredRun extends RunFacts {
  readonly rows: readonly StoredRow[]
  readonly sizes: readonly { readonly name: string; readonly bytes: number; readonly budget: number }[]
}

export function storedRun(
  facts: RunFacts,
  results: readonly RowResult[],
  budgets: Budgets,
  sizes: StoredRun['sizes'],
): StoredRun {
  return { ...facts, rows: results.map((result) => storedRow(result, budgets)), sizes }
}

function storedRow({ row, measured, growth, noise }: RowResult, budgets: Budgets): StoredRow {
  return {
    name: row.name,
    title: row.title,
    unit: row.unit,
    reference: row.reference,
    noise: noise.map(rounded),
    contestants: measured.map(({ contestant, size, time, ratio, figures, samples }) => ({
      name: contestant,
      size: size.label,
      n: size.n,
      ...time,
      ratio,
      budget: budgetOf(budgets, row.name, contestant),
      figures,
      samples: samples.map(rounded),
    })),
    growth: Object.fromEntries(growth.map(({ contestant, exponent }) => [contestant, exponent])),
    growthBeyond: Object.fromEntries(
      growth.flatMap(({ contestant, beyond }) =>
        beyond === null || contestant === row.reference ? [] : [[contestant, beyond]],
      ),
    ),
  }
}

/** Three digits after the point: nanoseconds. */
function rounded(us: number): number {
  return Math.round(us * 1_000) / 1_000
}
