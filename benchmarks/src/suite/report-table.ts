import { type Budgets, budgetOf } from './budgets.ts'
import type { Measured, RowResult } from './measure.ts'
import type { Unit } from './row.ts'
import { quantile, summarize } from './statistics.ts'

const HEADER = ['row', 'contestant', 'median', 'p95', 'spread', '× ref', 'budget', 'noise']
/** Columns of text; the others are figures. */
const TEXT_COLUMNS = 2

/** Result lines as a Markdown table whose columns line up in a terminal too. */
export function tableOf(results: readonly RowResult[], budgets: Budgets): string {
  const lines = results.flatMap((result) =>
    result.measured.map((measured, i) => cellsOf(result, measured, budgets, i === 0)),
  )
  const widths = HEADER.map((head, i) => Math.max(head.length, ...lines.map((line) => (line[i] as string).length)))
  const rule = widths.map((width, i) => (i < TEXT_COLUMNS ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [HEADER, rule, ...lines].map((line) => lineOf(line, widths)).join('\n')
}

/** How much the machine took from the row's rounds: p95 of the probe over its fastest round. */
export function noiseOf(noise: readonly number[]): number {
  return quantile(noise, 0.95) / Math.min(...noise)
}

function cellsOf({ row, noise }: RowResult, measured: Measured, budgets: Budgets, first: boolean): string[] {
  const { contestant, time, ratio } = measured
  const budget = budgetOf(budgets, row.name, contestant)
  return [
    first ? row.title : '',
    contestant,
    figure(time.median, row.unit),
    figure(time.p95, row.unit),
    `±${Math.round(time.spread * 50)} %`,
    ratio === null || contestant === row.reference ? '' : ratio.toFixed(2),
    budget === null ? '' : `≤ ${budget}`,
    first ? noiseOf(noise).toFixed(2) : '',
  ]
}

/** A time in µs, in the unit of its row. */
function figure(us: number, unit: Unit): string {
  if (unit === 'events/s') return `${Math.round(1e6 / us).toLocaleString('en')} /s`
  const value = unit === 'ms' ? us / 1_000 : us
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`
}

function lineOf(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, i) =>
    i < TEXT_COLUMNS ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number),
  )
  return `| ${padded.join(' | ')} |`
}

/** One line on the machine's state during the run. */
export function noiseLine(results: readonly RowResult[]): string {
  const all = results.flatMap(({ noise }) => noise)
  const { median, p95, spread } = summarize(all)
  const verdict = p95 / Math.min(...all) > 1.5 ? ' — a busy machine: trust the ratios only' : ''
  return `noise probe: ${median.toFixed(2)} ms, p95 ${p95.toFixed(2)} ms, ±${Math.round(spread * 50)} %${verdict}`
}
