import type { StoredRow, StoredRun } from '../suite/report-json.ts'
import { noiseLine } from '../suite/report-table.ts'
import { growthCurve } from './growth-curves.ts'
import { classOf } from './palette.ts'
import { ratioBars } from './ratio-bars.ts'
import { escaped } from './scale.ts'
import { strips } from './strips.ts'
import { STYLE } from './style.ts'

/** Runs as one page that needs nothing else: no script, no font, no picture from elsewhere. */
export function htmlOf(runs: readonly StoredRun[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Livefold benchmarks</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>Livefold benchmarks</h1>
<p>Livefold beside SQLite written by hand (<b>raw</b>), doing the same work in the same run. What counts is the ratio between the two.
All contestants take turns within each round; a ratio is the median of the rounds' ratios, and a row's figures say nothing about another's.</p>
<nav>${runs.map((run) => `<a href="#${run.place}">${escaped(run.runtime)}</a>`).join('')}</nav></header>
${runs.map(sectionOf).join('\n')}
</body>
</html>
`
}

function sectionOf(run: StoredRun): string {
  const names = [...new Set(run.rows.flatMap(({ contestants }) => contestants.map(({ name }) => name)))]
  const key = names.map((name) => `<li class="${classOf(name)}"><i></i>${escaped(name)}</li>`).join('')
  const curves = run.rows.map(growthCurve).join('')
  return `<section id="${run.place}">
<h2>${escaped(run.runtime)}</h2>
<p class="facts">${escaped(factsOf(run))}</p>
<ul class="key">${key}</ul>
<h3>Time over the reference's</h3>
<p>Left of 1× is faster than the reference, right of it slower; the scale is logarithmic. The thin red line is the row's budget.</p>
<div class="panel wide">${ratioBars(run.rows)}</div>
${curves && `<h3>Growth</h3><p>Time over size, both scales logarithmic and at least as high as wide in decades: flat does not depend on the size, the diagonal is linear. Exponents are fitted within each round.</p><div class="curves">${curves}</div>`}
<h3>Samples</h3>
<p>Each dot is one sample; of many, as many quantiles. The tall mark is the median, the low one p95.</p>
${run.rows.map(rowOf).join('\n')}
</section>`
}

function rowOf(row: StoredRow): string {
  const figures = row.contestants.flatMap(({ name, size, figures }) =>
    figures.map(({ name: what, value, unit, atMost }) => {
      const limit = atMost === undefined ? '' : ` (at most ${atMost})`
      return `<li>${escaped(`${size ? `${name}, ${size}` : name}: ${what} ${Number(value.toPrecision(3)).toLocaleString('en')} ${unit}${limit}`)}</li>`
    }),
  )
  return `<article class="panel"><h4>${escaped(row.title)} <code>${escaped(row.name)}</code></h4>
<p class="against">${row.reference ? `reference: ${escaped(row.reference)}` : 'no reference'}</p>
${strips(row)}${figures.length > 0 ? `<ul class="figures">${figures.join('')}</ul>` : ''}</article>`
}

function factsOf(run: StoredRun): string {
  const { at, quick, platform, cpu, cores, memoryGb, load, commit, rows } = run
  const machine = `${cpu}, ${cores} cores, ${memoryGb} GB, ${platform}`
  const noise = rows.length > 0 ? `; ${noiseLine(rows)}` : ''
  return `${at.slice(0, 16).replace('T', ' ')} UTC${quick ? ', a quick run' : ''}; ${machine}; commit ${commit}; load ${load[0]?.toFixed(1)}${noise}`
}
