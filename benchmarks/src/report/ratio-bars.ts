import type { StoredMeasured, StoredRow } from '../suite/report-json.ts'
import { classOf } from './palette.ts'
import { escaped, LogScale } from './scale.ts'

const WIDTH = 860
const LABELS = 400
const LINE = 22
const HEAD = 26
const PLOT_END = WIDTH - 90

interface Bar {
  readonly row: StoredRow
  readonly measured: StoredMeasured
  readonly ratio: number
}

/** Every ratio of a run as a bar that starts at the reference: to the right is slower. */
export function ratioBars(rows: readonly StoredRow[]): string {
  const bars = rows.flatMap((row) =>
    row.contestants.flatMap((measured): Bar[] =>
      measured.ratio !== null && measured.name !== row.reference ? [{ row, measured, ratio: measured.ratio }] : [],
    ),
  )
  if (bars.length === 0) return ''
  const budgets = bars.flatMap(({ measured }) => measured.budget.ratio ?? [])
  const scale = new LogScale([0.5, 2, ...bars.map(({ ratio }) => ratio), ...budgets], LABELS, PLOT_END)
  const height = HEAD + bars.length * LINE + 8
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Ratios to the reference">
${axis(scale, height)}
${bars.map((bar, i) => barOf(bar, scale, HEAD + i * LINE)).join('\n')}
</svg>`
}

function axis(scale: LogScale, height: number): string {
  const ticks = scale.ticks().map((tick) => {
    const x = scale.at(tick)
    const rule = `<line class="${tick === 1 ? 'one' : 'grid'}" x1="${x}" y1="${HEAD - 6}" x2="${x}" y2="${height - 8}"/>`
    return `${rule}<text class="tick" x="${x}" y="12" text-anchor="middle">${tick.toLocaleString('en')}×</text>`
  })
  return ticks.join('')
}

function barOf({ row, measured, ratio }: Bar, scale: LogScale, y: number): string {
  const { name, size, budget } = measured
  const one = scale.at(1)
  const end = scale.at(ratio)
  const what = size ? `${row.name}, ${size}` : row.name
  const middle = y + LINE / 2
  const limit = budget.ratio === undefined ? '' : limitOf(scale.at(budget.ratio), middle)
  return `<g class="${classOf(name)}"><title>${escaped(`${row.title}${size ? ` (${size})` : ''}: ${name} takes ${ratio.toFixed(2)} × ${row.reference}`)}</title>
<text class="what" x="${LABELS - 110}" y="${middle + 4}" text-anchor="end">${escaped(what)}</text>
<text class="who" x="${LABELS - 102}" y="${middle + 4}">${escaped(name)}</text>
<rect class="mark" x="${Math.min(one, end)}" y="${middle - 5}" width="${Math.max(Math.abs(end - one), 1.5)}" height="10" rx="2"/>
${limit}<text class="value" x="${WIDTH - 4}" y="${middle + 4}" text-anchor="end">${ratioText(ratio)}</text></g>`
}

function limitOf(x: number, middle: number): string {
  return `<line class="limit" x1="${x}" y1="${middle - 8}" x2="${x}" y2="${middle + 8}"/>`
}

function ratioText(ratio: number): string {
  return `${ratio >= 100 ? Math.round(ratio).toLocaleString('en') : ratio.toFixed(2)}×`
}
