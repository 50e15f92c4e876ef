import type { RowResult } from './measure.ts'

/** By row, by contestant: the highest allowed ratio of its time to the reference's. */
export type Budgets = Readonly<Record<string, Readonly<Record<string, number>>>>

export interface Excess {
  readonly row: string
  readonly contestant: string
  readonly reference: string
  readonly ratio: number
  readonly budget: number
}

export function budgetOf(budgets: Budgets, row: string, contestant: string): number | null {
  return budgets[row]?.[contestant] ?? null
}

/** Where a row is beyond its budgets. A budget whose contestant was not measured counts as beyond: it guards nothing. */
export function excesses(budgets: Budgets, { row, measured }: RowResult): Excess[] {
  return Object.entries(budgets[row.name] ?? {}).flatMap(([contestant, budget]) => {
    const ratio = measured.find((each) => each.contestant === contestant)?.ratio ?? Number.POSITIVE_INFINITY
    return ratio <= budget ? [] : [{ row: row.name, contestant, reference: row.reference, ratio, budget }]
  })
}

/** Budgets under names that no row has. */
export function strayBudgets(budgets: Budgets, rows: readonly { readonly name: string }[]): string[] {
  const names = new Set(rows.map((row) => row.name))
  return Object.keys(budgets).filter((name) => !names.has(name))
}
