import type { StoredMeasured, StoredRow } from '../suite/report-json.ts'
import { figure } from '../suite/report-table.ts'
import { classOf } from './palette.ts'
import { escaped, LogScale } from './scale.ts'

const WIDTH = 420
const HEIGHT = 260
const LEFT = 70
const BOTTOM = HEIGHT - 44
const RIGHT = WIDTH - 70

/** Time over size, both logarithmic: the slope is the exponent. Nothing for rows with fewer than two sizes. */
export function growthCurve(row: StoredRow): string {
  if (Object.keys(row.growth).length === 0) return ''
  const x = new LogScale(
    row.contestants.map(({ n }) => n),
    LEFT,
    RIGHT,
  )
  const y = new LogScale(
    row.contestants.map(({ median }) => median),
    BOTTOM,
    16,
  )
  const names = [...new Set(row.contestants.map(({ name }) => name))]
  const curves = names.map((name) =>
    curveOf(
      row,
      row.contestants.filter((each) => each.name === name),
      x,
      y,
    ),
  )
  const xs = x.ticks().map((tick) => {
    return `<line class="grid" x1="${x.at(tick)}" y1="16" x2="${x.at(tick)}" y2="${BOTTOM}"/><text class="tick" x="${x.at(tick)}" y="${BOTTOM + 16}" text-anchor="middle">${tick.toLocaleString('en')}</text>`
  })
  const ys = y.ticks().map((tick) => {
    return `<line class="grid" x1="${LEFT}" y1="${y.at(tick)}" x2="${RIGHT}" y2="${y.at(tick)}"/><text class="tick" x="${LEFT - 6}" y="${y.at(tick) + 4}" text-anchor="end">${figure(tick, row.unit)}</text>`
  })
  return `<figure><figcaption>${escaped(row.title)}</figcaption><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(row.title)} over size">${xs.join('')}${ys.join('')}${curves.join('')}</svg>${keyOf(row, names)}</figure>`
}

function curveOf(row: StoredRow, points: readonly StoredMeasured[], x: LogScale, y: LogScale): string {
  const sorted = points.toSorted((a, b) => a.n - b.n)
  const name = sorted[0]?.name ?? ''
  const places = sorted.map(({ n, median }) => [x.at(n), y.at(median)] as const)
  // Several make-ups of one size are points beside each other, and no line.
  const single = new Set(sorted.map(({ n }) => n)).size === sorted.length
  const line = single ? `<polyline class="line" points="${places.map(([a, b]) => `${a},${b}`).join(' ')}"/>` : ''
  const dots = places.map(([a, b], i) => {
    const { size, median } = sorted[i] as StoredMeasured
    return `<circle class="dot" cx="${a}" cy="${b}" r="4"><title>${escaped(`${name} at ${size}: ${figure(median, row.unit)}`)}</title></circle>`
  })
  return `<g class="${classOf(name)}">${line}${dots.join('')}</g>`
}

function keyOf({ growth }: StoredRow, names: readonly string[]): string {
  const entries = names.map((name) => {
    const exponent = growth[name]
    return `<li class="${classOf(name)}"><i></i>${escaped(name)}${exponent === undefined ? '' : ` n<sup>${exponent.toFixed(2)}</sup>`}</li>`
  })
  return `<ul class="key">${entries.join('')}</ul>`
}
