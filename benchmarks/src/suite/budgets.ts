import type { RowResult } from './measure.ts'

/** What a contestant may take at most in a row. */
export interface Budget {
  /** Its time over the reference's; at every size. */
  readonly ratio?: number
  /** Exponent of its time over the size. */
  readonly growth?: number
  /** Exponent of its ratio to the reference. */
  readonly growthBeyond?: number
}

/** By row, by contestant. */
export type Budgets = Readonly<Record<string, Readonly<Record<string, Budget>>>>

/** By where is measured: a browser has other ratios. */
export type PlacedBudgets = Readonly<Record<string, Budgets>>

export interface Excess {
  readonly row: string
  readonly contestant: string
  /** What was too much, with its figure. */
  readonly what: string
  readonly value: number
  readonly budget: number
}

export function budgetOf(budgets: Budgets, row: string, contestant: string): Budget {
  return budgets[row]?.[contestant] ?? {}
}

/**
 * Where a row is beyond its budgets, or beyond what its own figures allow. A budget whose contestant was not measured counts as
 * beyond: it guards nothing.
 */
export function excesses(budgets: Budgets, result: RowResult): Excess[] {
  const ofBudgets = Object.entries(budgets[result.row.name] ?? {}).flatMap(([contestant, budget]) => [
    ...beyondRatio(result, contestant, budget.ratio),
    ...beyondGrowth(result, contestant, budget),
  ])
  return [...ofBudgets, ...beyondFigures(result)]
}

/** Budgets under names that no row has. */
export function strayBudgets(budgets: Budgets, rows: readonly { readonly name: string }[]): string[] {
  const names = new Set(rows.map((row) => row.name))
  return Object.keys(budgets).filter((name) => !names.has(name))
}

function beyondRatio({ row, measured }: RowResult, contestant: string, budget: number | undefined): Excess[] {
  if (budget === undefined) return []
  const own = measured.filter((each) => each.contestant === contestant)
  const missing = {
    row: row.name,
    contestant,
    what: `time over ${row.reference}`,
    value: Number.POSITIVE_INFINITY,
    budget,
  }
  if (own.length === 0) return [missing]
  return own.flatMap(({ ratio, size }) => {
    const value = ratio ?? Number.POSITIVE_INFINITY
    const what = `time over ${row.reference}${size.label && ` at ${size.label}`}`
    return value <= budget ? [] : [{ row: row.name, contestant, what, value, budget }]
  })
}

function beyondGrowth({ row, growth }: RowResult, contestant: string, allowed: Budget): Excess[] {
  const own = growth.find((each) => each.contestant === contestant)
  const exponents = [
    { what: 'growth exponent', value: own?.exponent, budget: allowed.growth },
    { what: `growth exponent beyond ${row.reference}`, value: own?.beyond, budget: allowed.growthBeyond },
  ]
  return exponents.flatMap(({ what, value: measured, budget }) => {
    const value = measured ?? Number.POSITIVE_INFINITY
    return budget === undefined || value <= budget ? [] : [{ row: row.name, contestant, what, value, budget }]
  })
}

function beyondFigures({ row, measured }: RowResult): Excess[] {
  return measured.flatMap(({ contestant, size, figures }) =>
    figures.flatMap(({ name, value, unit, atMost }) => {
      if (atMost === undefined || value <= atMost) return []
      const what = `${name} (${unit})${size.label && ` at ${size.label}`}`
      return [{ row: row.name, contestant, what, value, budget: atMost }]
    }),
  )
}
