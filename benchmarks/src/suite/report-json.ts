import { type Budgets, budgetOf } from './budgets.ts'
import type { RowResult } from './measure.ts'

export interface RunFacts {
  readonly at: string
  readonly quick: boolean
  readonly runtime: string
  readonly platform: string
  readonly cpu: string
  readonly cores: number
  readonly load: readonly number[]
}

/** The whole run, samples included. Times are microseconds for one piece of the row's work. */
export function jsonOf(
  facts: RunFacts,
  results: readonly RowResult[],
  budgets: Budgets,
  sizes: readonly { readonly name: string; readonly bytes: number }[],
): string {
  const rows = results.map(({ row, measured, noise }) => ({
    name: row.name,
    title: row.title,
    unit: row.unit,
    reference: row.reference,
    noise: noise.map(rounded),
    contestants: measured.map(({ contestant, time, ratio, samples }) => ({
      name: contestant,
      ...time,
      ratio,
      budget: budgetOf(budgets, row.name, contestant),
      samples: samples.map(rounded),
    })),
  }))
  return `${JSON.stringify({ ...facts, rows, sizes }, null, 1)}\n`
}

/** Three digits after the point: nanoseconds. */
function rounded(us: number): number {
  return Math.round(us * 1_000) / 1_000
}
