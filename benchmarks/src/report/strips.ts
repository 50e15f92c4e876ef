import type { StoredMeasured, StoredRow } from '../suite/report-json.ts'
import { figure } from '../suite/report-table.ts'
import { quantile } from '../suite/statistics.ts'
import { classOf } from './palette.ts'
import { escaped, LogScale, round } from './scale.ts'

const WIDTH = 860
const LABELS = 230
const LINE = 24
const PLOT_END = WIDTH - 150
/** Samples that are drawn of each contestant; of more, as many quantiles. */
const DOTS = 80

/** Every sample of a row as a dot on a logarithmic axis; the tall mark is the median, the low one p95. */
export function strips(row: StoredRow): string {
  const positive = row.contestants.flatMap(({ samples }) => samples.filter((sample) => sample > 0))
  if (positive.length === 0) return ''
  const scale = new LogScale(positive, LABELS, PLOT_END)
  const height = row.contestants.length * LINE + 22
  const grid = scale.ticks().map((tick) => {
    const x = scale.at(tick)
    return `<line class="grid" x1="${x}" y1="0" x2="${x}" y2="${height - 18}"/><text class="tick" x="${x}" y="${height - 4}" text-anchor="middle">${figure(tick, row.unit)}</text>`
  })
  const lines = row.contestants.map((each, i) => stripOf(row, each, scale, i * LINE + LINE / 2))
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Samples of ${escaped(row.title)}">${grid.join('')}${lines.join('')}</svg>`
}

function stripOf(row: StoredRow, measured: StoredMeasured, scale: LogScale, y: number): string {
  const { name, size, median, p95, samples, ratio } = measured
  const dots = drawn(samples).map((sample, i) => {
    // Spread over the line's height by a step that repeats late.
    return `<circle class="sample" cx="${scale.at(sample)}" cy="${round(y + ((i * 5) % 13) - 6)}" r="1.8"/>`
  })
  const label = size ? `${name}, ${size}` : name
  const beside = ratio === null || name === row.reference ? '' : ` · ${ratio.toFixed(2)}×`
  return `<g class="${classOf(name)}"><text class="who" x="${LABELS - 10}" y="${y + 4}" text-anchor="end">${escaped(label)}</text>
${dots.join('')}${upright(scale.at(p95), y, 5)}${upright(scale.at(median), y, 10)}
<text class="value" x="${WIDTH - 4}" y="${y + 4}" text-anchor="end">${figure(median, row.unit)}${beside}</text></g>`
}

function upright(x: number, y: number, half: number): string {
  return `<line class="median" x1="${x}" y1="${y - half}" x2="${x}" y2="${y + half}"/>`
}

function drawn(samples: readonly number[]): readonly number[] {
  if (samples.length <= DOTS) return samples
  return Array.from({ length: DOTS }, (_, i) => quantile(samples, (i + 0.5) / DOTS))
}
