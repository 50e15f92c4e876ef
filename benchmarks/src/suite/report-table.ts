import type { StoredMeasured, StoredRow, StoredRun } from './report-json.ts'
import type { Unit } from './row.ts'
import { quantile, summarize } from './statistics.ts'

const HEADER = ['row', 'contestant', 'median', 'p95', 'p99', 'spread', '× ref', 'budget', 'noise']
/** Columns of text; the others are figures. */
const TEXT_COLUMNS = 2

/** A run as a Markdown table whose columns line up in a terminal too. */
export function tableOf({ rows }: Pick<StoredRun, 'rows'>): string {
  return aligned(
    HEADER,
    rows.flatMap((row) => [
      ...row.contestants.map((each, i) => cellsOf(row, each, i === 0)),
      ...row.contestants.filter(isFirstOfItsName).flatMap((each) => growthCells(row, each)),
      ...row.contestants.flatMap(figureCells),
    ]),
    TEXT_COLUMNS,
  )
}

/** How much the machine took from the row's rounds: p95 of the probe over its fastest round. */
export function noiseOf(noise: readonly number[]): number {
  return quantile(noise, 0.95) / Math.min(...noise)
}

function cellsOf(row: StoredRow, measured: StoredMeasured, first: boolean): string[] {
  const { name, size, ratio, budget, spread } = measured
  return [
    first ? row.title : '',
    size ? `${name}, ${size}` : name,
    figure(measured.median, row.unit),
    figure(measured.p95, row.unit),
    figure(measured.p99, row.unit),
    `±${Math.round(spread * 50)} %`,
    ratio === null || name === row.reference ? '' : ratio.toFixed(2),
    budget.ratio === undefined ? '' : `≤ ${budget.ratio}`,
    first ? noiseOf(row.noise).toFixed(2) : '',
  ]
}

function isFirstOfItsName({ name }: StoredMeasured, at: number, all: readonly StoredMeasured[]): boolean {
  return all.findIndex((each) => each.name === name) === at
}

function growthCells(row: StoredRow, { name, budget }: StoredMeasured): string[][] {
  const growths = [
    { what: 'growth', exponent: row.growth[name], allowed: budget.growth },
    { what: `growth beyond ${row.reference}`, exponent: row.growthBeyond?.[name], allowed: budget.growthBeyond },
  ]
  return growths.flatMap(({ what, exponent, allowed }) => {
    if (exponent === undefined) return []
    const limit = allowed === undefined ? '' : `≤ ${allowed}`
    return [['', `${name}, ${what}`, `n^${exponent.toFixed(2)}`, '', '', '', '', limit, '']]
  })
}

function figureCells({ name, size, figures }: StoredMeasured): string[][] {
  return figures.map(({ name: what, value, unit, atMost }) => {
    const limit = atMost === undefined ? '' : `≤ ${atMost}`
    return ['', `${size ? `${name}, ${size}` : name}: ${what}`, `${rounded(value)} ${unit}`, '', '', '', '', limit, '']
  })
}

/** A time in µs (bytes in rows of bytes), in the unit of its row. */
export function figure(value: number, unit: Unit): string {
  if (unit === 'events/s') return `${Math.round(1e6 / value).toLocaleString('en')} /s`
  return `${rounded(unit === 'ms' ? value / 1_000 : unit === 'KB' ? value / 1_024 : value)} ${unit}`
}

function rounded(value: number): string {
  const size = Math.abs(value)
  if (size >= 1_000) return Math.round(value).toLocaleString('en')
  return value.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0)
}

/** Lines as a Markdown table; the first `texts` columns to the left, the others to the right. */
export function aligned(header: readonly string[], lines: readonly (readonly string[])[], texts: number): string {
  const widths = header.map((head, i) => Math.max(head.length, ...lines.map((line) => (line[i] as string).length)))
  const rule = widths.map((width, i) => (i < texts ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [header, rule, ...lines]
    .map((line) => {
      const padded = line.map((cell, i) =>
        i < texts ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number),
      )
      return `| ${padded.join(' | ')} |`
    })
    .join('\n')
}

/** One line on the machine's state during the run. */
export function noiseLine(rows: readonly StoredRow[]): string {
  const all = rows.flatMap(({ noise }) => noise)
  const { median, p95, spread } = summarize(all)
  const verdict = p95 / Math.min(...all) > 1.5 ? ' — a busy machine: trust the ratios only' : ''
  return `noise probe: ${median.toFixed(2)} ms, p95 ${p95.toFixed(2)} ms, ±${Math.round(spread * 50)} %${verdict}`
}
