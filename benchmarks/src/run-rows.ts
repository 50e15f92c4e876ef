import { type Budgets, excesses } from './suite/budgets.ts'
import type { Host } from './suite/host.ts'
import { measureRow, type RowResult } from './suite/measure.ts'
import { probeResult } from './suite/noise.ts'
import type { Row } from './suite/row.ts'

/** Measures a row another time, in better circumstances where the place has any. */
export type MeasureAgain = (row: Row) => Promise<RowResult | null>

/** Measures rows one after the other, and says how long each took. */
export async function measureAll(
  wanted: readonly Row[],
  host: Host,
  quick: boolean,
  budgets: Budgets,
  again: MeasureAgain = (row) => measureRow(row, host, quick),
): Promise<RowResult[]> {
  const measured: RowResult[] = []
  for (const row of wanted) {
    if (host.contestants(row).length === 0) continue
    const start = performance.now()
    process.stdout.write(`${row.name.padEnd(22)} `)
    const result = await fairly(row, host, quick, budgets, again)
    if (result) measured.push(result)
    console.log(result ? `${((performance.now() - start) / 1_000).toFixed(1)} s` : 'nobody here can do it')
  }
  return measured
}

/** A row beyond its budget is measured once more, and the second measurement counts: a neighbour's burst is no regression. */
async function fairly(
  row: Row,
  host: Host,
  quick: boolean,
  budgets: Budgets,
  again: MeasureAgain,
): Promise<RowResult | null> {
  const first = await measureRow(row, host, quick)
  if (!first || excesses(budgets, first).length === 0) return first
  process.stdout.write('beyond its budget, once more … ')
  return again(row)
}

/** Says what is beyond a budget. Gives the exit code. */
export function verdict(budgets: Budgets, measured: readonly RowResult[]): number {
  const beyond = measured.flatMap((result) => excesses(budgets, result))
  for (const { row, contestant, what, value, budget } of beyond) {
    console.error(`BEYOND BUDGET ${row}: ${contestant}, ${what}: ${value.toFixed(2)}, budget ${budget}`)
  }
  // The probe's sum is used, so that its loop is run.
  return beyond.length > 0 || Number.isNaN(probeResult()) ? 1 : 0
}
