import type { Host } from './host.ts'
import { type Figure, type Row, roundsOf, type Size, sizesFor, type Trial } from './row.ts'
import { growthExponent, pairedRatio, type Summary, summarize } from './statistics.ts'

export interface Measured {
  readonly contestant: string
  readonly size: Size
  /** Microseconds (bytes, in rows of bytes) per piece of work. */
  readonly time: Summary
  /** Time over the reference's time at the same size, median over the rounds; null without a reference. */
  readonly ratio: number | null
  readonly figures: readonly Figure[]
  readonly samples: readonly number[]
}

export interface Growth {
  readonly contestant: string
  /** Of its time. */
  readonly exponent: number
  /** Of its ratio to the reference, whose own work may grow with the size too; null without a reference. */
  readonly beyond: number | null
}

export interface RowResult {
  readonly row: Row
  readonly measured: readonly Measured[]
  /** Of every contestant that was measured at two sizes or more. */
  readonly growth: readonly Growth[]
  /** Milliseconds of the noise probe, one a round. */
  readonly noise: readonly number[]
}

/** A contestant that has taken this long for a row, ms, and has enough samples, sits out the rounds that are left. */
const PATIENCE_MS = 20_000
const ENOUGH = 3

interface Turn {
  readonly contestant: string
  readonly size: Size
  readonly trial: Trial
  readonly samples: number[]
  /** Milliseconds that its samples took. */
  spent: number
}

/**
 * Runs one row, size after size: what another size holds would make each sample begin with cold memory.
 *
 * @returns null when nobody can do it
 */
export async function measureRow(row: Row, host: Host, quick: boolean): Promise<RowResult | null> {
  const measured: Measured[] = []
  const noise: number[] = []
  for (const size of sizesFor(row, quick)) measured.push(...(await measureSize(row, size, host, quick, noise)))
  if (measured.length === 0) return null
  return { row, measured, growth: growthOf(measured), noise }
}

/**
 * All contestants warm up, then take turns within each round, in an order that is reversed from round to round, so that neither a
 * drift of the machine nor a neighbour's leftovers always meet the same one.
 */
async function measureSize(row: Row, size: Size, host: Host, quick: boolean, noise: number[]): Promise<Measured[]> {
  const turns: Turn[] = []
  const figures: (readonly Figure[])[] = []
  const { warmup, counted } = roundsOf(row, size, quick)
  try {
    for (const contestant of host.contestants(row)) {
      const trial = await host.start(row, contestant, size)
      if (trial) turns.push({ contestant, size, trial, samples: [], spent: 0 })
    }
    for (let i = 0; i < warmup; i++) for (const { trial } of turns) await trial.sample()
    for (let round = 0; round < counted; round++) {
      noise.push(await host.probe())
      for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await take(turn)
    }
    for (const { trial } of turns) figures.push((await trial.figures?.()) ?? [])
  } finally {
    for (const { trial } of turns) await trial.end()
  }
  return turns.map((turn, i) => evaluate(turn, turns, row.reference, figures[i] ?? []))
}

async function take(turn: Turn): Promise<void> {
  if (turn.spent > PATIENCE_MS && turn.samples.length >= ENOUGH) return
  const start = performance.now()
  turn.samples.push(await turn.trial.sample())
  turn.spent += performance.now() - start
}

function evaluate(turn: Turn, turns: readonly Turn[], reference: string, figures: readonly Figure[]): Measured {
  const { contestant, size, samples } = turn
  const base = turns.find((each) => each.contestant === reference)
  return {
    contestant,
    size,
    time: summarize(samples),
    ratio: base ? pairedRatio(samples, base.samples) : null,
    figures,
    samples,
  }
}

function growthOf(measured: readonly Measured[]): Growth[] {
  return [...new Set(measured.map(({ contestant }) => contestant))].flatMap((contestant) => {
    const own = measured.filter((each) => each.contestant === contestant)
    if (new Set(own.map(({ size }) => size.n)).size < 2) return []
    const exponentOf = (value: (each: Measured) => number) =>
      growthExponent(own.map((each) => ({ n: each.size.n, value: value(each) })))
    const beyond = own.some(({ ratio }) => ratio === null) ? null : exponentOf(({ ratio }) => ratio as number)
    return [{ contestant, exponent: exponentOf(({ time }) => time.median), beyond }]
  })
}
